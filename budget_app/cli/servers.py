"""The long-running commands."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from budget_app import jobs
from budget_app.cli.databases import ensure_database


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Sequence the public logs, carry out approved acts and send mail, until interrupted."""
    ensure_database()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Working. Stop with Ctrl-C.")
    jobs.run_forever(current_app._get_current_object(), stop)  # type: ignore[attr-defined]  # noqa: SLF001


COMMANDS = (worker,)
