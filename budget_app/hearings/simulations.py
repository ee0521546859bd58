"""The verbs of a simulated hearing: started, moved on by one step, stopped.

How far it is stands in its row, and moves in the transaction of the step itself: whichever worker
looks next goes on there, and no step happens twice.
"""

from datetime import timedelta

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings.acts import expect, lock, note
from budget_app.hearings.errors import AlreadySimulated, NoExercise, RealParliament
from budget_app.hearings.models import Hearing, HearingSimulation, HearingState, SimulationState
from budget_app.hearings.simulation import Memory, play, script
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.rounds.errors import RoundError
from voting import clock

SECONDS = 180
"""How long one lasts that is started with the button."""


def refuse_real(parliament: Parliament) -> None:
    """Raise `RealParliament` where invented people would stand among real ones."""
    if not parliament.is_exercise:
        raise RealParliament


def start(hearing: Hearing, *, by: User, seconds: float = SECONDS) -> HearingSimulation:
    """Let it run, or go on after a stop; one that runs already is left alone.

    A planned hearing is begun by its first step; it stays live at the end, for the people in the
    room. Raises `NoExercise`, `WrongHearingState`, `AlreadySimulated`.
    """
    if not hearing.is_exercise:
        raise NoExercise
    expect(hearing, HearingState.PLANNED, HearingState.LIVE)
    lock(hearing)  # of two presses the second sees the first
    run = db.session.get(HearingSimulation, hearing.id, populate_existing=True)
    if run is None:
        run = HearingSimulation(hearing_id=hearing.id, seconds=seconds, next_step=0, asked={})
    elif run.state is SimulationState.RUNNING:
        return run
    elif run.state is SimulationState.OVER:
        raise AlreadySimulated
    run.by_id, run.due_at = by.id, clock.now(db.session())
    run.state, run.failure = SimulationState.RUNNING, ""
    db.session.add(run)
    note(Act.HEARING_SIMULATION_STARTED, hearing, by)
    return run


def stop(run: HearingSimulation, *, by: User) -> None:
    """No further step; what was asked and answered stays. Nothing happens where it stands already."""
    db.session.refresh(run, with_for_update=True)
    if run.state is SimulationState.RUNNING:
        run.state = SimulationState.STOPPED
        note(Act.HEARING_SIMULATION_STOPPED, run.hearing, by)


def advance(run: HearingSimulation) -> None:
    """Carry out the next step of a simulation that runs, and say when the one after is due."""
    steps, hearing = script(), run.hearing
    if hearing.state in (HearingState.PLANNED, HearingState.LIVE):
        _play(run)
        run.next_step += 1
    if run.next_step == len(steps) or hearing.state is not HearingState.LIVE:
        run.state = SimulationState.OVER
        return
    pause = timedelta(seconds=(steps[run.next_step].at - steps[run.next_step - 1].at) * run.seconds)
    now = clock.now(db.session())
    # After a time without a worker it goes on at its pace, not in one burst.
    run.due_at = (run.due_at if now - run.due_at < pause else now) + pause


def _play(run: HearingSimulation) -> None:
    hearing, memory = run.hearing, Memory(dict(run.asked), run.poll_id)
    chair = hearing.chairs[0] if hearing.chairs else run.by
    try:
        with db.session.begin_nested():
            play(script()[run.next_step], hearing, chair, memory)
    except RoundError:
        return  # people in the room did otherwise, and theirs counts
    run.asked, run.poll_id = memory.asked, memory.poll
