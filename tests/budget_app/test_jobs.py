"""The worker: it does what waits, survives what fails, and takes no lock while idle."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from budget_app import jobs, logs
from budget_app.extensions import db
from budget_app.mailing.models import MailState, OutgoingMail
from budget_app.mailing.outbox import post
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
    app: Flask, broken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_told", {})
    write_mail(app)
    jobs.run_once(app)
    assert states(app) == [MailState.SENT]
    assert broken in capsys.readouterr().out


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_breaks_ends_no_lane(
    app: Flask, broken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Giving up a broken connection fails as well; nobody would sequence the log any more."""

    def lose_the_database() -> None:
        ours = db.session.scalar(select(func.pg_backend_pid()))
        with db.engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(ours, 30_000)))
        raise ZeroDivisionError

    monkeypatch.setattr(logs, "_told", {})
    [first, *_others] = jobs._tasks
    monkeypatch.setitem(jobs._tasks, first, jobs.Task(lose_the_database, None, "acts"))
    write_mail(app)
    jobs.run_once(app)
    assert states(app) == [MailState.SENT]
    assert "worker.failed" in capsys.readouterr().out


@pytest.mark.one_store
def test_a_failure_says_where_it_was_and_is_not_repeated_at_every_look(
    app: Flask, broken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that stays damaged would fill the disk with one line twice a second."""
    monkeypatch.setattr(logs, "_told", {})
    for _ in range(3):
        jobs.run_once(app)
    said = capsys.readouterr().out
    assert said.count("worker.failed") == 1
    assert "budget_app/jobs.py" in said
    monkeypatch.setattr(logs, "AGAIN_SECONDS", 0.0)
    jobs.run_once(app)
    assert "worker.failed" in capsys.readouterr().out


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


def test_work_that_takes_long_holds_up_its_own_lane_alone(app: Flask) -> None:
    """A count of minutes keeps neither a ballot from the log nor a mail in the outbox."""
    others, stop, counting = dict(jobs._tasks), threading.Event(), threading.Event()

    @jobs.task(lane="acts")
    def count() -> None:
        counting.set()
        stop.wait(60)

    worker = threading.Thread(target=jobs.run_forever, args=(app, stop))
    worker.start()
    try:
        assert counting.wait(20)
        write_mail(app)
        until = time.monotonic() + 20
        while states(app) != [MailState.SENT] and time.monotonic() < until:
            time.sleep(0.05)
        assert states(app) == [MailState.SENT]
    finally:
        stop.set()
        worker.join()
        jobs._tasks.clear()
        jobs._tasks.update(others)
