"""A hearing is a draft until it is published: officials alone see it, then everybody."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from budget_app.browsing.happened import Span, news_of
from budget_app.deliberation.subjects import OfHearing
from budget_app.extensions import db
from budget_app.feedback import surveys
from budget_app.feedback.models import QuestionKind
from budget_app.hearings import drafts, services
from budget_app.hearings.errors import WrongHearingState
from budget_app.hearings.models import Hearing, HearingState
from budget_app.records.models import Act, Record
from tests.budget_app.hearings.meeting import HEARINGS, Meeting, facts
from voting import clock

DRAFT = HEARINGS + "2"
TITLE = "Water for the hills"


@pytest.fixture
def draft(meeting: Meeting) -> Meeting:
    """A second hearing, which nobody has published."""
    meeting.office.announce()
    with meeting.office.work():
        given = facts(meeting.office, titles={"en": TITLE}, round_=meeting.office.round_())
        services.prepare(meeting.hearing().parliament, given, by=meeting.office.person("pia"))
    return meeting


def public_pages(meeting: Meeting) -> dict[str, str]:
    """Every list in which a hearing stands, as a stranger reads it."""
    round_ = "/en/example/rounds/schools/"
    pages = ["/en/example/", HEARINGS, f"{round_}hearings", "/en/example/feed.atom"]
    pages += [f"{round_}feed.atom", f"{round_}calendar.ics"]
    answers = {page: meeting.office.stranger().get(page) for page in pages}
    assert {page for page, answer in answers.items() if answer.status_code != 200} == set()
    return {page: answer.text for page, answer in answers.items()}


def test_a_draft_is_in_no_list_feed_or_calendar_until_it_is_published(draft: Meeting) -> None:
    before = public_pages(draft)
    assert [page for page, text in before.items() if TITLE in text] == []
    draft.browser("pia").saved(DRAFT + "/announce")
    assert [page for page, text in public_pages(draft).items() if TITLE not in text] == []


@pytest.mark.parametrize("tail", ["", "/live", "/calendar.ics", "/ask", "/take-part"])
def test_nobody_but_officials_finds_a_draft(draft: Meeting, tail: str) -> None:
    assert draft.browser("ana").get(DRAFT + tail).status_code == 404
    assert draft.office.stranger().get(DRAFT + tail).status_code in (302, 404)


def test_officials_see_a_preview_and_only_who_leads_can_publish_it(draft: Meeting) -> None:
    for name, leads in (("pia", True), ("ada", True), ("mod", False)):
        page = draft.browser(name).text(DRAFT)
        assert "A draft, seen by officials alone" in page
        assert TITLE in page
        assert ("Publish it" in page) == leads
        assert "Put it into the queue" not in page
        assert TITLE in draft.browser(name).text(HEARINGS)
    assert draft.browser("mod").post(DRAFT + "/announce").status_code == 403
    assert draft.browser("ana").post(DRAFT + "/announce").status_code == 403
    with draft.office.work():
        assert db.session.get_one(Hearing, 2).state is HearingState.DRAFT


def test_a_draft_takes_no_questions_and_does_not_begin(draft: Meeting) -> None:
    pia = draft.browser("pia")
    assert pia.get(DRAFT + "/ask").status_code == 409
    assert pia.post(DRAFT + "/ask", {"words": "When is the next one held?"}).status_code == 409
    assert pia.get(DRAFT + "/take-part").status_code == 409
    assert pia.post(DRAFT + "/begin").status_code == 409
    assert pia.get(DRAFT + "/cancel").status_code == 409


def test_agenda_and_polls_are_prepared_in_a_draft_and_its_calendar_entry_starts_at_zero(
    draft: Meeting,
) -> None:
    pia = draft.browser("pia")
    with draft.office.work():
        hearing = db.session.get_one(Hearing, 2)
        starts = hearing.starts.strftime("%Y-%m-%dT%H:%M")
        moved = facts(draft.office, titles={"en": TITLE}, round_=hearing.round_)
        services.change(hearing, moved, by=draft.office.person("pia"))
    pia.saved(DRAFT + "/agenda", {"item_starts": starts, "item_en": "Opening", "speaker": ""})
    pia.saved(DRAFT + "/polls", {"question_en": "Which?", "option1_en": "One", "option2_en": "Two"})
    pia.saved(DRAFT + "/announce")
    event = Calendar.from_ical(draft.office.stranger().get(DRAFT + "/calendar.ics").data).walk(
        "VEVENT"
    )[0]
    assert event["SEQUENCE"] == 0
    assert "Opening" in draft.office.stranger().text(DRAFT)


def test_a_survey_about_a_draft_is_prepared_and_opened_once_everybody_sees_the_hearing(
    draft: Meeting,
) -> None:
    with draft.office.work():
        subject, pia = OfHearing(db.session.get_one(Hearing, 2)), draft.office.person("pia")
        survey = surveys.begin_survey(subject, {"en": "How was it?"}, by=pia)
        surveys.ask(survey, QuestionKind.WORDS, {"en": "What was missing?"}, [])
        with pytest.raises(WrongHearingState):
            surveys.open_survey(survey, by=pia)
        drafts.announce(subject.row, by=pia)
        surveys.open_survey(survey, by=pia)


def test_publishing_is_done_once_and_stands_in_the_record(draft: Meeting) -> None:
    assert draft.browser("pia").post(DRAFT + "/announce").status_code == 302
    assert draft.browser("pia").post(DRAFT + "/announce").status_code == 409
    assert draft.browser("pia").post(DRAFT + "/discard").status_code == 409
    with draft.office.work():
        acts = db.session.scalars(db.select(Record.act).where(Record.act == Act.HEARING_ANNOUNCED))
        assert len(acts.all()) == 2


def test_a_draft_whose_day_is_over_needs_a_new_one_first(draft: Meeting) -> None:
    with draft.office.work():
        hearing = db.session.get_one(Hearing, 2)
        hearing.starts -= timedelta(days=3)
        hearing.ends -= timedelta(days=3)
    page = draft.browser("pia").text(DRAFT)
    assert "Its day is over" in page
    assert "Publish it" not in page
    answer = draft.browser("pia").post(DRAFT + "/announce")
    assert answer.status_code == 409
    assert "This moment is over" in answer.text


def test_a_draft_can_be_deleted_and_leaves_its_record_alone(draft: Meeting) -> None:
    draft.browser("pia").saved(DRAFT + "/discard")
    assert draft.browser("pia").get(DRAFT).status_code == 404
    with draft.office.work():
        acts = set(db.session.scalars(db.select(Record.act)))
    assert Act.HEARING_DISCARDED in acts


def test_a_digest_tells_of_a_hearing_when_it_is_published(draft: Meeting) -> None:
    def told() -> str:
        with draft.office.work():
            now = clock.now(db.session())
            parliament = draft.hearing().parliament
            span = Span(parliament, now - timedelta(hours=1), now, now + timedelta(days=1), "en")
            return str(news_of(span))

    assert TITLE not in told()
    draft.browser("pia").saved(DRAFT + "/announce")
    assert TITLE in told()
