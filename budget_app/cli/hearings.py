"""`flask pb simulate-hearing`: a hearing of an exercise that runs by itself."""

import time

import click

from budget_app.accounts.models import User
from budget_app.cli.databases import with_database
from budget_app.cli.progress import speaker
from budget_app.extensions import db
from budget_app.hearings import queries, simulation, simulations
from budget_app.hearings.errors import HearingError
from budget_app.hearings.jobs import take_step
from budget_app.hearings.models import Hearing, HearingSimulation, SimulationState
from budget_app.parliaments.queries import by_slug
from voting.database import writing

LOOK_SECONDS = 0.1


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
@with_database
def simulate(parliament: str, number: int, seconds: float) -> None:
    """Let invented people ask, support and answer polls in hearing NUMBER of an exercise.

    The number stands in the hearing's address. It goes on while people watch, and takes part with
    them; its questions stay afterwards. Interrupted (Ctrl+C), it stops, and goes on when it is called again.
    """
    hearing = _find(parliament, number)
    chair = _chair(hearing)
    try:
        with writing():
            db.session.rollback()
            told = simulations.start(hearing, by=chair, seconds=seconds).next_step
            db.session.commit()
        _watch(number, told)
    except HearingError as error:
        raise click.ClickException(str(error)) from error
    finally:
        with writing():
            db.session.rollback()
            run = queries.simulation_of(hearing)
            if run is not None:
                simulations.stop(run, by=chair)
            db.session.commit()


def _watch(number: int, told: int) -> None:
    """Take the steps that are due, as any worker does, and say those after `told`, to the end."""
    console, steps = speaker(to_stderr=False), simulation.script()
    began = time.monotonic()
    while True:
        moved = take_step(number)
        run = db.session.get_one(HearingSimulation, number)
        for step in steps[told : run.next_step]:
            console.print(f"{time.monotonic() - began:6.1f} s  {step.does}")
        told = run.next_step
        if run.state is not SimulationState.RUNNING:
            return
        db.session.rollback()
        if not moved:
            time.sleep(LOOK_SECONDS)


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
