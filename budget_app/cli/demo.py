"""`flask pb demo`: fill an example parliament, say whom to sign in as, and serve it."""

import os
import socket
import sys
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console
from sqlalchemy import select

from budget_app.cli.databases import ensure_database
from budget_app.cli.progress import Steps, speaker
from budget_app.demonstration import people
from budget_app.demonstration.fill import VOTERS, fill
from budget_app.extensions import db
from budget_app.settings import Settings
from voting import clock
from voting.database import writing
from voting.models import Poll, PollState

HOST = "127.0.0.1"
PORT = 5000
THREADS = "8"


@click.command("demo")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--voters",
    default=VOTERS,
    show_default=True,
    type=click.IntRange(200),
    help="Ballots in the certified round, when it is filled for the first time.",
)
@click.option("--no-serve", is_flag=True, help="Fill and print, without a server.")
@click.option("--even-in-production", is_flag=True, help="Fill an installation that serves people.")
@with_appcontext
def demo(port: int, voters: int, no_serve: bool, even_in_production: bool) -> None:
    """Fill an example parliament, print whom to sign in as, and serve it until Ctrl-C.

    Run again, it finds the example there and serves it at once.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.production and not even_in_production:
        raise click.ClickException(
            "This is a production installation; say --even-in-production to put the example there."
        )
    if settings.production and not no_serve:
        raise click.ClickException(
            "A production installation has a server of its own; say --no-serve as well."
        )
    if not no_serve:
        _refuse_taken(port)
    console = speaker(to_stderr=False)
    if settings.production:
        ensure_database()
    else:
        upgrade()  # an example that an earlier version filled goes along
    with writing():
        parliament = fill(Steps(console).step, voters)
        base = settings.base_url.rstrip("/") if settings.production else f"http://{HOST}:{port}"
        tell(console, f"{base}/", parliament.slug)
        db.session.commit()
        db.session.remove()
    if not no_serve:
        serve(settings, port)


def tell(console: Console, base: str, slug: str) -> None:
    """The address, and everybody whom one can sign in as."""
    ways = people.ways_in()
    console.print()
    _tell_table(
        console,
        ("role", "name", "e-mail", "code now", "TOTP secret"),
        [(w.role, w.name, w.email, w.code, w.totp_secret) for w in ways if w.totp_secret],
    )
    _tell_table(
        console,
        ("role", "name", "e-mail", "identity number", "born"),
        [
            (w.role, w.name, w.email, w.identity_number, w.date_of_birth)
            for w in ways
            if not w.totp_secret
        ],
    )
    console.print(f"Password of everybody: {people.password()}")
    console.print("A code is good for 30 seconds; the secret, typed into an app, gives the next.")
    console.print(f"Signing keys of the auditors: {people.folder()}")
    console.print()
    if not has_open_vote(slug):
        folder = current_app.instance_path
        console.print(f"The vote of the example is over. Remove {folder} to fill it anew.")
    console.print(f"Open {base}en/{slug}/ (or es, fr, pt). Links by e-mail appear below.")


def _tell_table(
    console: Console, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> None:
    """Aligned, and whole however narrow the terminal is: secrets are there to be copied."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print("  ".join(cells).rstrip())
    console.print()


def has_open_vote(slug: str) -> bool:
    """Whether some round of the example takes ballots: an example grows old."""
    polls = db.session.scalars(
        select(Poll).where(Poll.round_id.startswith(f"{slug}/"), Poll.state == PollState.OPEN)
    )
    now = clock.now(db.session())
    return any(poll.closes is not None and now < poll.closes for poll in polls)


def serve(settings: Settings, port: int) -> None:
    """Become gunicorn: one process with threads and the embedded worker."""
    os.environ |= {
        "PB_INSTANCE_PATH": str(settings.instance),
        "PB_BASE_URL": f"http://{HOST}:{port}",
        "PB_EMBEDDED_WORKER": "true",
        "PB_MAIL_BACKEND": "console",
        "PB_LOG_LEVEL": os.environ.get("PB_LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
    }
    sys.stdout.flush()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--workers", "1"]
    command += ["--threads", THREADS, "--log-level", "warning", "budget_app:create_app()"]
    os.execv(sys.executable, command)  # noqa: S606 — a fixed command, without a shell


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}); choose another with --port."
            ) from error


COMMANDS = (demo,)
