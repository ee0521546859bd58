"""A hearing of an exercise that runs by itself."""

from datetime import timedelta

import pytest

from budget_app.extensions import db
from budget_app.hearings import jobs, simulation, simulations
from budget_app.hearings.models import (
    Hearing,
    HearingPoll,
    HearingPollState,
    HearingQuestion,
    HearingSimulation,
    HearingState,
    SimulationState,
)
from budget_app.records.models import Act, Record
from budget_app.rounds import secrecy
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import HEARINGS, PAGE, Meeting, call, facts
from voting import clock

SIMULATION = PAGE + "/simulation"
START = SIMULATION + "/start"


def simulate(meeting: Meeting, number: int) -> tuple[int, str]:
    command = ["pb", "simulate-hearing", "example", str(number), "--seconds", "0"]
    result = meeting.office.app.test_cli_runner().invoke(args=command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_invented_people_ask_support_and_answer(meeting: Meeting) -> None:
    meeting.office.announce()
    with meeting.office.work():
        round_, ada = meeting.office.round_(), meeting.office.person("ada")
        secrecy.choose_exercise(round_, by=ada)
        given = facts(meeting.office, round_=round_, stream="")
        call(meeting.hearing().parliament, given, by=ada)
    code, said = simulate(meeting, 2)
    assert code == 0, said
    assert "close-poll" in said
    page = meeting.office.stranger().get(HEARINGS + "2")
    text = Page(page.text).text
    assert "Exercise" in text
    assert "a drawn hall" in page.text.lower()
    assert "By a ramp at the side entrance" in text
    assert "37" in text
    with meeting.office.work():
        supports = db.session.scalars(db.select(HearingQuestion.supports)).all()
        assert sorted(supports) == [0, 8, 12, 16]


def test_only_a_hearing_of_an_exercise_is_simulated(meeting: Meeting) -> None:
    code, said = simulate(meeting, 1)
    assert code == 1
    assert "Only a hearing of an exercise" in said
    assert simulate(meeting, 9)[0] == 1
    with meeting.office.work():
        assert meeting.hearing().state is HearingState.PLANNED


class Exercise:
    """The parliament of the meeting as an exercise; its worker's turns are counted here."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        with meeting.office.work():
            meeting.hearing().parliament.is_exercise = True

    def work(self, turns: int = 1, *, later: float = 0) -> None:
        """So many turns of the worker, `later` seconds after now."""
        for _ in range(turns):
            with self.meeting.office.app.app_context():
                moment = clock.now(db.session()) + timedelta(seconds=later)
                with clock.replay(moment):
                    jobs.move_simulations()

    def run(self, number: int = 1) -> HearingSimulation:
        with self.meeting.office.app.app_context():
            return db.session.get_one(HearingSimulation, number)


@pytest.fixture
def exercise(meeting: Meeting) -> Exercise:
    return Exercise(meeting)


def test_an_official_starts_it_with_one_press_and_sees_how_far_it_is(exercise: Exercise) -> None:
    meeting = exercise.meeting
    assert "Simulate this hearing" in meeting.browser("pia").text(PAGE)
    assert "Simulate this hearing" in meeting.browser("pia").text(PAGE + "/desk")
    assert "Simulate this hearing" not in meeting.browser("ana").text(PAGE)
    for _ in range(2):
        meeting.browser("ada").saved(START)
    with meeting.office.work():
        acts = db.select(Record).where(Record.act == Act.HEARING_SIMULATION_STARTED)
        assert len(db.session.scalars(acts).all()) == 1
        assert meeting.hearing().state is HearingState.PLANNED
    page = meeting.browser("pia").get(SIMULATION).text
    assert "data-waiting" in page
    assert "Step 0 of" in page
    exercise.work()
    exercise.work(later=30)
    text = meeting.browser("pia").text(SIMULATION)
    assert "Step 2 of" in text
    assert "Somebody asks a question." in text
    assert "The estimate of the skate park" in meeting.live()


def test_it_runs_to_its_end_at_its_pace_and_the_hearing_stays_live(exercise: Exercise) -> None:
    exercise.meeting.browser("pia").saved(START)
    for number in range(len(simulation.script())):
        exercise.work(later=20 * number)
    assert exercise.run().state is SimulationState.OVER
    assert exercise.run().next_step == len(simulation.script())
    page = exercise.meeting.browser("pia").get(SIMULATION).text
    assert "End it at its desk" in page
    assert "data-waiting" not in page
    assert "37" in Page(exercise.meeting.live()).text
    assert exercise.meeting.browser("pia").post(START).status_code == 409


def test_a_stop_ends_it_between_two_steps_and_it_goes_on_where_it_was(exercise: Exercise) -> None:
    pia = exercise.meeting.browser("pia")
    pia.saved(SIMULATION + "/stop")
    pia.saved(START)
    exercise.work()
    for _ in range(2):
        pia.saved(SIMULATION + "/stop")
    exercise.work(3, later=100)
    assert exercise.run().next_step == 1
    assert "Let it go on" in pia.text(SIMULATION)
    pia.saved(START)
    exercise.work()
    assert exercise.run().next_step == 2


def test_what_people_in_the_room_did_counts_and_the_rest_goes_on(exercise: Exercise) -> None:
    meeting = exercise.meeting
    with meeting.office.work():
        meeting.add_poll()
    meeting.begin()
    meeting.lead("polls/1/open")
    meeting.browser("pia").saved(START)
    for number in range(len(simulation.script())):
        exercise.work(later=20 * number)
    assert exercise.run().state is SimulationState.OVER
    with meeting.office.work():
        states = [poll.state for poll in db.session.scalars(db.select(HearingPoll))]
        assert states == [HearingPollState.OPEN]
        assert max(db.session.scalars(db.select(HearingQuestion.supports))) == 16


def test_it_is_over_when_the_chair_ends_the_hearing(exercise: Exercise) -> None:
    exercise.meeting.browser("pia").saved(START)
    exercise.work()
    exercise.meeting.end()
    exercise.work(later=100)
    assert exercise.run().state is SimulationState.OVER
    assert exercise.meeting.browser("pia").get(SIMULATION).status_code == 200


def test_a_step_that_fails_is_told_on_the_page_and_stops_no_other(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise.meeting.browser("pia").saved(START)
    monkeypatch.setattr(simulations, "play", lambda *_: 1 / 0)
    exercise.work()
    assert exercise.run().failure == "ZeroDivisionError"
    assert "It failed (ZeroDivisionError)" in exercise.meeting.browser("pia").text(SIMULATION)


def test_a_real_parliament_has_no_button_and_says_why(meeting: Meeting) -> None:
    pia = meeting.browser("pia")
    assert "Simulate this hearing" not in pia.text(PAGE)
    for answer in (pia.get(SIMULATION), pia.post(START), pia.post(SIMULATION + "/stop")):
        assert answer.status_code == 409
        assert "simulated in exercises only" in answer.text


def test_nobody_but_officials_simulates_and_no_draft_is_simulated(exercise: Exercise) -> None:
    for name in ("ana", "mod"):
        assert exercise.meeting.browser(name).post(START).status_code == 403
        assert exercise.meeting.browser(name).get(SIMULATION).status_code == 403
    assert exercise.meeting.browser("pia").client.post(START).status_code == 400
    with exercise.meeting.office.work():
        exercise.meeting.hearing().state = HearingState.DRAFT
    assert exercise.meeting.browser("pia").post(START).status_code == 409


def test_many_exercises_share_a_short_turn(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No exercise is passed over, and the turn ends with its time: ballots wait for the next task."""
    meeting = exercise.meeting
    with meeting.office.work():
        for _ in range(4):
            call(meeting.hearing().parliament, facts(meeting.office), by=None)
        for number in range(1, 6):
            hearing = db.session.get_one(Hearing, number)
            simulations.start(hearing, by=meeting.office.person("pia"), seconds=0)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0)  # one step and no more
    exercise.work(15)
    assert {exercise.run(number).next_step for number in range(1, 6)} == {3}


def test_nothing_happens_any_more_in_an_exercise_that_was_closed(exercise: Exercise) -> None:
    exercise.meeting.browser("pia").saved(START)
    with exercise.meeting.office.work():
        exercise.meeting.hearing().parliament.retired_at = clock.now(db.session())
    exercise.work(3)
    assert exercise.run().next_step == 0
