"""The long-running commands."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from budget_app import jobs
from budget_app.cli.databases import with_database
from budget_app.extensions import sequencer_sessions
from voting.sequencer import Sequencer


@click.command("worker")
@with_database
def worker() -> None:
    """Sequence the public logs, carry out approved acts and send mail, until interrupted."""
    jobs.run_forever(current_app._get_current_object(), _until_interrupted())  # type: ignore[attr-defined]  # noqa: SLF001


@click.command("sequencer")
@with_appcontext
def sequencer() -> None:
    """Sequence and sign the public logs, and nothing else, until interrupted."""
    stop = _until_interrupted()
    Sequencer(sequencer_sessions(), current_app.extensions["keys"]).run(stop)


def _until_interrupted() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Working. Stop with Ctrl-C.")
    return stop


COMMANDS = (worker, sequencer)
