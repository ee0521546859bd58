"""A hearing of an exercise that runs by itself."""

from budget_app.extensions import db
from budget_app.hearings.models import HearingQuestion, HearingState
from budget_app.rounds import secrecy
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import HEARINGS, Meeting, call, facts


def simulate(meeting: Meeting, number: int) -> tuple[int, str]:
    command = ["pb", "simulate-hearing", "example", str(number), "--seconds", "0"]
    result = meeting.office.app.test_cli_runner().invoke(args=command)
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
