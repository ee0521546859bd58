"""Surveys: asked by the office, answered once by each person, told in numbers of ten and more."""

import pytest

from budget_app.extensions import db
from budget_app.feedback import surveys
from budget_app.feedback.models import Survey, SurveyResponse
from tests.budget_app.at_once import at_once
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import Office

ROUND = "/en/example/rounds/schools"
CHOICE = {"kind": "choice", "text_en": "How did you hear of it?", "options_en": "Radio\nA friend\n"}
SCALE = {"kind": "scale", "text_en": "Were the rules clear?"}
WORDS = {"kind": "words", "text_en": "What should change?"}


def begin(office: Office, *questions: dict[str, str]) -> str:
    """The address of a survey with these questions."""
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/surveys/new", {"title_en": "Your opinion"})
    with office.work():
        number = db.session.scalars(db.select(Survey.id)).one()
    for question in questions:
        ada.saved(f"{ROUND}/surveys/{number}/questions", question)
    return f"{ROUND}/surveys/{number}"


def field(office: Office, place: int = 0) -> str:
    with office.work():
        return f"question_{db.session.scalars(db.select(Survey)).one().questions[place].id}"


def answer_as_many(office: Office, address: str, given: list[str]) -> None:
    name = field(office)
    for number, value in enumerate(given):
        office.browser(f"citizen{number}").saved(address, {name: value})


def test_the_result_is_told_after_the_close_and_not_before(office: Office) -> None:
    address = begin(office, CHOICE)
    ada = office.browser("ada")
    ada.saved(f"{address}/open")
    answer_as_many(office, address, ["0"] * 11 + ["1"] * 10)
    assert "11 people" not in office.stranger().text(address)
    ada.saved(f"{address}/close")
    text = office.stranger().text(address)
    assert "11 people" in text
    assert "10 people" in text


def test_no_survey_opens_without_the_question_that_is_half_written(office: Office) -> None:
    address = begin(office, CHOICE)
    ada = office.browser("ada")
    page = ada.get(f"{address}/questions").text
    assert f'form="question" formaction="{address}/open"' in page
    refused = ada.post(f"{address}/open", WORDS)
    assert refused.status_code == 422
    assert "not part of the survey yet" in refused.text
    assert WORDS["text_en"] in refused.text
    with office.work():
        assert db.session.scalars(db.select(Survey)).one().state == "draft"
    ada.saved(f"{address}/open", {"kind": "words", "text_en": " "})


def test_an_open_survey_is_offered_on_the_first_page_of_its_round(office: Office) -> None:
    address = begin(office, CHOICE)
    assert address not in office.stranger().get(ROUND + "/").text
    office.browser("ada").saved(f"{address}/open")
    assert f'href="{address}"' in office.stranger().get(ROUND + "/").text


def test_a_question_with_few_people_behind_an_answer_is_not_told(office: Office) -> None:
    address = begin(office, CHOICE)
    ada = office.browser("ada")
    ada.saved(f"{address}/open")
    answer_as_many(office, address, ["0"] * 11 + ["1"])
    ada.saved(f"{address}/close")
    text = office.stranger().text(address)
    assert "fewer than ten people" in text
    assert "11 people" not in text


def test_a_person_answers_once_and_can_change_it(office: Office) -> None:
    address = begin(office, CHOICE)
    office.browser("ada").saved(f"{address}/open")
    name, ana = field(office), office.browser("ana")
    ana.saved(address, {name: "0"})
    ana.saved(address, {name: "1"})
    with office.work():
        kept = db.session.scalars(db.select(SurveyResponse)).one()
        assert list(kept.answers.values()) == [1]
    assert "You have answered" in ana.text(address)


@pytest.mark.both_stores
def test_two_presses_at_once_are_one_answer(office: Office) -> None:
    address = begin(office, CHOICE)
    office.browser("ada").saved(f"{address}/open")
    name = field(office)
    office.browser("ana")

    def press() -> None:
        survey = db.session.scalars(db.select(Survey)).one()
        surveys.respond(survey, {name.removeprefix("question_"): 1}, by=office.person("ana"))

    assert at_once(office.app, press, press) == []
    with office.work():
        assert len(db.session.scalars(db.select(SurveyResponse)).all()) == 1


def test_what_people_wrote_is_for_the_office_alone(office: Office) -> None:
    address = begin(office, SCALE, WORDS)
    ada = office.browser("ada")
    ada.saved(f"{address}/open")
    office.browser("ana").saved(address, {field(office, 1): "<b>More time</b>"})
    ada.saved(f"{address}/close")
    assert "More time" not in office.stranger().text(address)
    page = ada.get(f"{address}/questions").text
    assert "&lt;b&gt;More time&lt;/b&gt;" in page
    assert "Ana" not in page


def test_a_survey_that_is_being_written_is_nobodys(office: Office) -> None:
    address = begin(office, CHOICE)
    assert office.stranger().get(address).status_code == 404
    assert office.browser("ana").post(address, {field(office): "0"}).status_code == 404


def test_an_opened_survey_keeps_its_questions(office: Office) -> None:
    address = begin(office, CHOICE)
    ada = office.browser("ada")
    ada.saved(f"{address}/open")
    assert ada.post(f"{address}/questions", SCALE).status_code == 409
    assert ada.post(f"{address}/open").status_code == 409
    ada.saved(f"{address}/close")
    assert office.browser("ana").post(address, {field(office): "0"}).status_code == 409


def test_a_question_of_a_draft_can_be_deleted(office: Office) -> None:
    address = begin(office, CHOICE, SCALE)
    ada, number = office.browser("ada"), field(office).removeprefix("question_")
    ada.saved(f"{address}/questions/{number}/remove")
    text = ada.text(f"{address}/questions")
    assert CHOICE["text_en"] not in text
    assert SCALE["text_en"] in text
    assert ada.post(f"{address}/questions/{number}/remove").status_code == 404
    kept = field(office).removeprefix("question_")
    ada.saved(f"{address}/open")
    assert ada.post(f"{address}/questions/{kept}/remove").status_code == 409
    assert ada.get(f"{address}/questions").text.count("/remove") == 0


def test_an_answer_without_any_answer_is_refused(office: Office) -> None:
    address = begin(office, CHOICE, WORDS)
    office.browser("ada").saved(f"{address}/open")
    answer = office.browser("ana").post(address, {field(office, 1): "  "})
    assert answer.status_code == 422
    assert "Answer at least one question." in Page(answer.text).text
    with office.work():
        assert db.session.scalars(db.select(SurveyResponse)).all() == []


def test_a_survey_without_a_question_is_not_opened(office: Office) -> None:
    address = begin(office)
    assert office.browser("ada").post(f"{address}/open").status_code == 409


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"options_en": "Radio"}, "Write from 2 to 6 options"),
        ({"options_en": "\n".join("abcdefg")}, "Write from 2 to 6 options"),
        ({"options_es": "Radio"}, "but another number in Español"),
        ({"options_en": "Radio\n radio"}, "Two options are the same"),
        ({"options_es": "Radio\nRadio"}, "Two options are the same"),
        ({"kind": "scale"}, "Only a choice has options"),
        ({"kind": "words", "options_en": "", "options_es": "Uno"}, "Only a choice has options"),
        ({"text_en": ""}, "This cannot stay empty."),
        ({"kind": "essay"}, "Not a valid choice"),
    ],
)
def test_a_bad_question_is_shown_again(
    office: Office, changed: dict[str, str], sentence: str
) -> None:
    address = begin(office)
    answer = office.browser("ada").post(f"{address}/questions", CHOICE | changed)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text


@pytest.mark.parametrize("value", ["2", "-1", "x", "0 or 1"])
def test_an_answer_outside_of_the_options_is_refused(office: Office, value: str) -> None:
    address = begin(office, CHOICE)
    office.browser("ada").saved(f"{address}/open")
    assert office.browser("ana").post(address, {field(office): value}).status_code == 422
