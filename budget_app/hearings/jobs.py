"""Simulated hearings, moved on a little in each turn of the worker."""

import time

import structlog
from sqlalchemy import select

from budget_app import jobs
from budget_app.extensions import db
from budget_app.hearings import simulations
from budget_app.hearings.models import Hearing, HearingSimulation, SimulationState
from budget_app.logs import places
from budget_app.parliaments.models import Parliament
from voting import clock
from voting.database import writing

TURN_SECONDS = 0.1
"""Of all simulations together: ballots wait for the log's sequencer no longer than this."""

log = structlog.get_logger()


@jobs.task()
def move_simulations() -> None:
    """The steps that are due, the longest waiting first, until the turn is over; the rest waits."""
    until = time.monotonic() + TURN_SECONDS
    while take_step() and time.monotonic() < until:
        pass


def take_step(number: int | None = None) -> bool:
    """Carry out one due step, of the hearing `number` or of any; False where there is none to take."""
    due = _next(number)
    db.session.rollback()
    if due is None:
        return False
    with writing():
        moved = True
        try:
            moved = _advance(due)
        except Exception as error:  # noqa: BLE001 — one hearing must not keep the others waiting
            db.session.rollback()
            _fail(due, error)
        db.session.commit()
    return moved


def _next(number: int | None) -> int | None:
    """The number of the hearing whose step waits longest; none of an exercise that was closed."""
    query = (
        select(HearingSimulation.hearing_id)
        .join(Hearing, HearingSimulation.hearing_id == Hearing.id)
        .join(Parliament, Hearing.parliament_id == Parliament.id)
        .where(
            HearingSimulation.state == SimulationState.RUNNING,
            HearingSimulation.due_at <= clock.now(db.session()),
            Parliament.retired_at.is_(None),
        )
        .order_by(HearingSimulation.due_at, HearingSimulation.hearing_id)
        .limit(1)
    )
    if number is not None:
        query = query.where(HearingSimulation.hearing_id == number)
    return db.session.scalar(query)


def _advance(number: int) -> bool:
    """One step, unless another worker took it or somebody stopped it since it was seen."""
    run = db.session.scalar(
        select(HearingSimulation)
        .where(
            HearingSimulation.hearing_id == number,
            HearingSimulation.state == SimulationState.RUNNING,
            HearingSimulation.due_at <= clock.now(db.session()),
        )
        .with_for_update(skip_locked=True)
    )
    if run is not None:
        simulations.advance(run)
    return run is not None


def _fail(number: int, error: Exception) -> None:
    kind = type(error).__name__
    log.error("simulation.failed", hearing=number, error=kind, where=places(error))
    run = db.session.get(HearingSimulation, number)
    if run is not None:
        run.state, run.failure = SimulationState.FAILED, kind
