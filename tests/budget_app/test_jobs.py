"""The worker: it does what waits, survives what fails, and takes no lock while idle."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from budget_app import jobs
from budget_app.administration.models import MailState, OutgoingMail
from budget_app.administration.outbox import post
from budget_app.extensions import db
from voting.database import BUSY_TIMEOUT_MILLISECONDS, writing


@pytest.fixture
def broken() -> Iterator[str]:
    """A task that always fails, before all others."""
    others = dict(jobs._tasks)
    jobs._tasks.clear()

    @jobs.task()
    def fail() -> None:
        raise ZeroDivisionError

    jobs._tasks.update(others)
    yield "ZeroDivisionError"
    jobs._tasks.clear()
    jobs._tasks.update(others)


def write_mail(app: Flask) -> None:
    with app.app_context(), writing():
        post("ana@example.org", "A subject", "A text")
        db.session.commit()


def states(app: Flask) -> list[MailState]:
    with app.app_context():
        return list(db.session.scalars(select(OutgoingMail.state)))


def test_what_waits_is_done_once(app: Flask) -> None:
    write_mail(app)
    jobs.run_once(app)
    jobs.run_once(app)
    assert states(app) == [MailState.SENT]
    assert len(app.extensions["mailman"].outbox) == 1


def test_a_task_that_fails_stops_no_other(
    app: Flask, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_mail(app)
    jobs.run_once(app)
    assert states(app) == [MailState.SENT]
    assert broken in capsys.readouterr().out


def test_an_idle_worker_waits_for_no_writer(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """On SQLite a worker that asked for the write lock would wait for it, and fail."""
    with app.app_context():
        with writing():
            post("ana@example.org", "A subject", "A text")
            db.session.flush()
        started = time.monotonic()
        jobs.run_once(app)
        db.session.commit()
    assert time.monotonic() - started < BUSY_TIMEOUT_MILLISECONDS / 1000
    assert "worker.failed" not in capsys.readouterr().out
    assert states(app) == [MailState.WAITING]
