"""Polls of a hearing: answered once, told when they are closed, and forgotten."""

import re

import pytest

from budget_app.extensions import db
from budget_app.hearings import polls
from budget_app.hearings.models import HearingPoll, HearingPollState, PollAnswer
from tests.budget_app.hearings.meeting import PAGE, Meeting


def test_a_poll_tells_nothing_until_it_is_closed(meeting: Meeting) -> None:
    meeting.open_poll()
    before = meeting.live()
    assert "decides about no money" in before
    assert meeting.press("ana", "answer", answer="1-0").status_code == 302
    assert meeting.live() == before
    assert meeting.lead("polls/1/close").status_code == 302
    assert "fewer than 10" in meeting.live()
    assert meeting.lead("polls/1/open").status_code == 409


def test_an_answer_that_is_not_taken_says_why_at_the_poll_and_only_there(meeting: Meeting) -> None:
    meeting.open_poll()
    for name, given, told, before in (
        ("ana", "1-0", "Your answer counts.", lambda: None),
        ("ana", "1-1", "You have answered this poll already.", lambda: None),
        ("ben", "1-0", "This poll takes no answers now.", lambda: meeting.lead("polls/1/close")),
    ):
        before()
        browser = meeting.browser(name)
        answer = browser.post(f"{PAGE}/answer", {"answer": given})
        assert answer.location.endswith(f"{PAGE}#live-poll")
        page = browser.get(PAGE).text
        poll = page.split('id="live-poll"')[1].split("</section>")[0]
        assert told in poll
        assert told.startswith("Your") or page.count(told) == 1
    assert "takes no answers" not in meeting.live()
    assert "takes no answers" not in meeting.browser("ben").text(PAGE)
    with meeting.office.work():
        assert db.session.scalars(db.select(HearingPoll)).one().counts == [1, 0, 0]


def test_the_same_answer_twice_is_no_error_and_counts_once(meeting: Meeting) -> None:
    meeting.open_poll()
    ana = meeting.browser("ana")
    for _press in range(2):
        ana.post(f"{PAGE}/answer", {"answer": "1-2"})
        page = ana.get(PAGE).text
        assert "Your answer counts." in page
        assert "poll-refused" not in page
    meeting.lead("polls/1/close")
    with meeting.office.work():
        assert db.session.scalars(db.select(HearingPoll)).one().counts == [0, 0, 1]


def test_an_answer_that_the_poll_does_not_have_is_not_found(meeting: Meeting) -> None:
    meeting.open_poll()
    for answer in ("1-3", "1--1", "1-", "1", "2-0", "", "1-x", "1-00"):
        assert meeting.press("ana", "answer", answer=answer).status_code == 404


def test_two_polls_are_never_open_at_once(meeting: Meeting) -> None:
    meeting.open_poll()
    with meeting.office.work():
        meeting.add_poll()
    assert meeting.lead("polls/2/open").status_code == 409
    meeting.lead("polls/1/close")
    assert meeting.lead("polls/2/open").status_code == 302
    meeting.end()
    with meeting.office.work():
        states = set(db.session.scalars(db.select(HearingPoll.state)))
    assert states == {HearingPollState.CLOSED}


def test_a_poll_is_prepared_with_two_to_six_answers(meeting: Meeting) -> None:
    data = {"question_en": "Which?", "option1_en": "One"}
    answer = meeting.browser("pia").post(PAGE + "/polls", data)
    assert re.findall(r'id="(\w+)-error"', answer.text) == ["option2_en"]
    meeting.browser("pia").saved(
        PAGE + "/polls", data | {"option2_en": "Two", "option5_en": "Five"}
    )
    with meeting.office.work():
        poll = db.session.scalars(db.select(HearingPoll)).one()
        assert [option["en"] for option in poll.options] == ["One", "Two", "Five"]


@pytest.mark.parametrize(
    ("counts", "total", "told"),
    [
        ([12, 30], 42, [12, 30]),
        ([12, 9], None, [12, None]),
        ([12, 0], None, [12, None]),
        ([10, 10, 4], None, [10, 10, None]),
    ],
)
def test_no_number_of_fewer_than_ten_people_is_told_or_can_be_worked_out(
    counts: list[int], total: int | None, told: list[int | None]
) -> None:
    found = polls.told(HearingPoll(counts=counts))
    assert found == polls.Told(total, told)


def test_a_poll_of_few_people_tells_nothing() -> None:
    assert polls.told(HearingPoll(counts=[9, 9, 9])) is None


def test_when_a_poll_closes_who_answered_what_is_forgotten(meeting: Meeting) -> None:
    meeting.open_poll()
    meeting.press("ana", "answer", answer="1-0")
    meeting.lead("polls/1/close")
    with meeting.office.work():
        assert db.session.scalars(db.select(PollAnswer)).all() == []
        assert db.session.scalars(db.select(HearingPoll)).one().counts == [1, 0, 0]
