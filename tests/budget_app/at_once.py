"""Several people, or one who presses twice, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from budget_app import meanwhile
from budget_app.extensions import db
from budget_app.rounds.errors import InvalidField, RoundError
from voting.database import writing

SECONDS = 0.5
"""How long one waits for the other before it saves."""


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do each act in a request of its own, all beginning together; answers what was refused.

    What is not a refusal made for people is raised: they would meet an error page.
    """
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> str:
        with app.test_request_context("/en/example/"), writing():
            start.wait(30)
            try:
                act()
                db.session.commit()
            except (InvalidField, RoundError) as refusal:
                db.session.rollback()
                return refusal.message
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return [refusal for refusal in pool.map(do, acts) if refusal]


def sent_at_once(*posts: Callable[[], TestResponse]) -> list[TestResponse]:
    """Send each form from a browser of its own, all beginning together."""
    start = Barrier(len(posts))

    def send(post: Callable[[], TestResponse]) -> TestResponse:
        start.wait(30)
        return post()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


def slow_to_save(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has compared waits, before saving, for the other to have compared as well."""
    both = Barrier(2)
    compare = meanwhile.Aware._changed_meanwhile

    def compare_and_wait(form: meanwhile.Aware) -> bool:
        changed = compare(form)
        try:
            both.wait(SECONDS)
        except BrokenBarrierError:  # the other waits for the row, as it should
            both.reset()
        return changed

    monkeypatch.setattr(meanwhile.Aware, "_changed_meanwhile", compare_and_wait)
