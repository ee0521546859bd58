"""Several people, or one who presses twice, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from werkzeug.test import TestResponse

from budget_app.extensions import db
from budget_app.rounds.errors import InvalidField, RoundError
from voting.database import writing


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
