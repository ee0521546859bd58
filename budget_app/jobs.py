"""Background work: the log's sequencer, approved acts, and the outbox.

Work is a row with a state and a lease; the worker below looks for rows, so a crash leaves
nothing behind that the next look does not find. The embedded server runs it in threads,
production in a process of its own (`flask pb worker`).

Each lane has a thread: a count that takes minutes, or a mail server that does not answer, keeps no
ballot from the log. The log's pause is as long as the others': its entries are shuffled within what
was cast since the last look, and fewer of them would tell more about who cast which.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Select

from budget_app.extensions import db
from budget_app.logs import places, tell_seldom
from budget_app.settings import Settings
from voting.database import reading, writing

PAUSE_SECONDS = 0.5

Work = Callable[[], object]


@dataclass(frozen=True)
class Task:
    """Some work, and how to see whether any of it waits; None: the work looks for itself."""

    work: Work
    waits: Select[Any] | None
    lane: str


_tasks: dict[str, Task] = {}


def task(waits: Select[Any] | None = None, *, lane: str = "acts") -> Callable[[Work], Work]:
    """Register work that, called again and again, does what waits and returns.

    `waits` selects what waits. It is read first, so that an idle worker takes no write lock; what
    manages its own transactions gives none. The tasks of one `lane` are done in turn.
    """

    def register(work: Work) -> Work:
        first = None if waits is None else waits.limit(1)
        _tasks[f"{work.__module__}.{work.__name__}"] = Task(work, first, lane)
        return work

    return register


def run_once(app: Flask, lane: str | None = None) -> None:
    """Do all that waits, or what waits in one lane.

    Each task in its own context; a failing task does not stop the others.
    """
    for name, each in _tasks.items():
        if lane not in (None, each.lane):
            continue
        try:
            with reading(), app.app_context():  # at its end the session is given up
                _run(each)
        except Exception as error:  # noqa: BLE001 — a worker that dies logs no ballot any more
            kind = type(error).__name__
            tell_seldom("worker.failed", task=name, error=kind, where=places(error))


def _run(each: Task) -> None:
    if each.waits is None:
        each.work()
        return
    waiting = db.session.execute(each.waits).first()
    db.session.rollback()
    if waiting is not None:
        with writing():
            each.work()
            db.session.commit()


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Work until `stop` is set, each lane in a thread of its own."""
    lanes = sorted({each.lane for each in _tasks.values()})
    threads = [
        threading.Thread(
            target=_run_lane, args=(app, lane, stop), name=f"worker-{lane}", daemon=True
        )
        for lane in lanes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run_lane(app: Flask, lane: str, stop: threading.Event) -> None:
    while not stop.is_set():
        run_once(app, lane)
        stop.wait(PAUSE_SECONDS)


def init_app(app: Flask, settings: Settings) -> None:
    """Start the embedded worker with the first request, so that a forked server has its own."""
    if not settings.embedded_worker:
        return
    started = threading.Lock()

    @app.before_request
    def start_worker() -> None:
        if started.acquire(blocking=False):
            threading.Thread(
                target=run_forever, args=(app, threading.Event()), name="worker", daemon=True
            ).start()
