"""Background work: the log's sequencer, approved acts, and the outbox.

Work is a row with a state and a lease; the worker below looks for rows, so a crash leaves
nothing behind that the next look does not find. The embedded server runs it in a thread,
production in a process of its own (`flask pb worker`).
"""

import threading
from collections.abc import Callable

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from budget_app.extensions import db
from budget_app.settings import Settings
from voting.database import writing

PAUSE_SECONDS = 0.5

Task = Callable[[], object]

log = structlog.get_logger()
_tasks: dict[str, Task] = {}


def task(work: Task) -> Task:
    """Register `work`: called again and again, it does what waits and returns."""
    _tasks[f"{work.__module__}.{work.__name__}"] = work
    return work


def run_once(app: Flask) -> None:
    """Do all that waits, each task in its own context; a failing task does not stop the others."""
    for name, work in _tasks.items():
        with app.app_context(), writing():
            try:
                work()
                db.session.commit()
            except (SQLAlchemyError, OSError) as error:
                db.session.rollback()
                log.error("worker.failed", task=name, error=type(error).__name__)


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Work until `stop` is set."""
    while not stop.is_set():
        run_once(app)
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
