"""Surveys about a hearing: asked when it has ended, or when whoever leads it opens them."""

import pytest
from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.feedback.models import Survey
from budget_app.hearings import services
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import PAGE, Meeting, called

pytestmark = pytest.mark.one_store

CHOICE = {"kind": "choice", "text_en": "Were you answered?", "options_en": "Yes\nNo\n"}
SURVEY = f"{PAGE}/surveys/1"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    meeting = called(app)
    pia = meeting.browser("pia")
    pia.saved(f"{PAGE}/surveys/new", {"title_en": "How was it?"})
    pia.saved(f"{SURVEY}/questions", CHOICE)
    return meeting


def field(meeting: Meeting) -> str:
    with meeting.office.work():
        return f"question_{db.session.scalars(db.select(Survey)).one().questions[0].id}"


def test_a_survey_opens_by_itself_when_its_hearing_ends(meeting: Meeting) -> None:
    pia, stranger = meeting.browser("pia"), meeting.office.stranger()
    pia.saved(f"{SURVEY}/await")
    assert "Opens after the hearing" in pia.text(f"{PAGE}/desk")
    meeting.begin()
    assert stranger.get(SURVEY).status_code == 404
    assert SURVEY not in stranger.get(PAGE).text
    meeting.end()
    assert f'href="{SURVEY}"' in stranger.get(PAGE).text
    meeting.browser("ana").saved(SURVEY, {field(meeting): "0"})
    pia.saved(f"{SURVEY}/close")
    assert "What surveys showed" in stranger.text(PAGE)
    assert "fewer than ten people" in stranger.text(SURVEY)


def test_whoever_leads_can_ask_before_the_end(meeting: Meeting) -> None:
    meeting.browser("pia").saved(f"{SURVEY}/open")
    assert f'href="{SURVEY}"' in meeting.office.stranger().get(PAGE).text


def test_what_waits_for_the_end_can_be_written_on_until_then(meeting: Meeting) -> None:
    pia = meeting.browser("pia")
    pia.saved(f"{SURVEY}/await")
    assert pia.post(f"{SURVEY}/questions", CHOICE | {"text_en": "More?"}).status_code == 409
    pia.saved(f"{SURVEY}/write-on")
    pia.saved(f"{SURVEY}/questions", CHOICE | {"text_en": "More?"})
    pia.saved(f"{SURVEY}/await")
    meeting.begin()
    meeting.end()
    assert pia.post(f"{SURVEY}/write-on").status_code == 409
    assert pia.post(f"{SURVEY}/open").status_code == 409


def test_nothing_waits_for_a_hearing_that_is_over(meeting: Meeting) -> None:
    meeting.begin()
    meeting.end()
    pia = meeting.browser("pia")
    assert "Ask it after the hearing" not in pia.text(f"{SURVEY}/questions")
    assert pia.post(f"{SURVEY}/await").status_code == 409


def test_nobody_is_asked_about_a_cancelled_hearing(meeting: Meeting) -> None:
    with meeting.office.work():
        hearing, pia = meeting.hearing(), meeting.office.person("pia")
        services.cancel(hearing, {"en": "The hall is closed."}, by=pia)
    answer = meeting.browser("pia").post(f"{SURVEY}/open")
    assert answer.status_code == 409
    assert "The hearing is cancelled" in Page(answer.text).text
    again = meeting.browser("pia").post(f"{PAGE}/surveys/new", {"title_en": "Another"})
    assert again.status_code == 409


def test_only_who_leads_the_hearing_conducts_its_surveys(meeting: Meeting) -> None:
    with meeting.office.work():
        other = accounts.ensure_user("piet@example.org", name="Piet")
        accounts.grant(other, meeting.hearing().parliament, Role.PARLIAMENTARIAN)
    for name in ("piet", "mod", "ana"):
        assert meeting.browser(name).get(f"{PAGE}/surveys/new").status_code == 403
        assert meeting.browser(name).post(f"{SURVEY}/open").status_code in (403, 404)
    assert meeting.browser("ada").get(f"{SURVEY}/questions").status_code == 200


def test_pressed_twice_a_survey_and_a_question_are_one(meeting: Meeting) -> None:
    pia = meeting.browser("pia")
    pia.saved(f"{PAGE}/surveys/new", {"title_en": "How was it?"})
    pia.saved(f"{SURVEY}/questions", CHOICE)
    with meeting.office.work():
        assert len(db.session.scalars(db.select(Survey)).one().questions) == 1


def test_a_survey_without_a_title_is_shown_again(meeting: Meeting) -> None:
    answer = meeting.browser("pia").post(f"{PAGE}/surveys/new", {"title_en": " "})
    assert answer.status_code == 422
    assert "This cannot stay empty." in Page(answer.text).text
