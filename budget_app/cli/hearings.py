"""`flask pb simulate-hearing`: a hearing of an exercise that runs by itself."""

import time

import click
from flask.cli import with_appcontext

from budget_app.accounts.models import User
from budget_app.cli.progress import speaker
from budget_app.extensions import db
from budget_app.hearings import simulation
from budget_app.hearings.errors import HearingError
from budget_app.hearings.models import Hearing
from budget_app.parliaments.queries import by_slug
from voting.database import writing


@click.command("simulate-hearing")
@click.argument("parliament")
@click.argument("number", type=int)
@click.option(
    "--seconds",
    default=180.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="How long it lasts.",
)
@with_appcontext
def simulate(parliament: str, number: int, seconds: float) -> None:
    """Let invented people ask, support and answer polls in hearing NUMBER of an exercise round.

    The number stands in the hearing's address. It goes on while people watch, and takes part with
    them; its questions stay afterwards.
    """
    console = speaker(to_stderr=False)
    hearing = _find(parliament, number)
    began = time.monotonic()
    try:
        for step in simulation.steps(hearing, _chair(hearing)):
            time.sleep(max(0.0, began + step.at * seconds - time.monotonic()))
            with writing():
                db.session.rollback()
                step.run()
                db.session.commit()
            console.print(f"{time.monotonic() - began:6.1f} s  {step.does}")
    except HearingError as error:
        raise click.ClickException(str(error)) from error


def _find(parliament: str, number: int) -> Hearing:
    place = by_slug(parliament)
    hearing = db.session.get(Hearing, number)
    if place is None or hearing is None or hearing.parliament_id != place.id:
        raise click.ClickException(f"There is no hearing {number} in “{parliament}”.")
    return hearing


def _chair(hearing: Hearing) -> User:
    if not hearing.chairs:
        raise click.ClickException("Nobody is in the chair of this hearing.")
    return hearing.chairs[0]


COMMANDS = (simulate,)
