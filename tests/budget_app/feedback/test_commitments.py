"""Promises with their traffic light, and answers to what people said."""

import pytest

from budget_app.extensions import db
from budget_app.feedback.models import Commitment
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import Office

ROUND = "/en/example/rounds/schools"
SHOWN = f"{ROUND}/answers"
PROMISE = {"principle": "ethics", "promise_en": "Reviewers name their interests."}
KEPT = {"light": "green", "words_en": "All five did.", "evidence": "https://example.org/list"}
ANSWER = {"said_en": "The dates were too short.", "did_en": "Two more weeks.", "evidence": ""}


def commitment_of(office: Office) -> int:
    with office.work():
        return db.session.scalars(db.select(Commitment.id)).one()


def test_a_promise_stands_with_its_light_and_what_shows_it(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    assert "Nothing said yet" in office.stranger().text(SHOWN)
    ada.saved(f"{ROUND}/commitments/{commitment_of(office)}", KEPT)
    page = office.stranger().get(SHOWN).text
    assert "Kept" in Page(page).text
    assert 'href="https://example.org/list"' in page
    assert "Office of Ada" in page


def test_what_was_said_of_a_promise_before_stays_readable(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    address = f"{ROUND}/commitments/{commitment_of(office)}"
    ada.saved(address, KEPT)
    ada.saved(address, {"light": "red", "words_en": "One did not.", "evidence": ""})
    text = office.stranger().text(SHOWN)
    assert text.index("One did not.") < text.index("How it stood before") < text.index("All five")


def test_a_promise_is_kept_only_with_what_shows_it(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    address = f"{ROUND}/commitments/{commitment_of(office)}"
    answer = ada.post(address, KEPT | {"evidence": ""})
    assert answer.status_code == 422
    assert "needs the address of what shows it" in Page(answer.text).text
    assert "All five did." in answer.text
    assert "What you publish stays" in ada.text(address)
    ada.saved(address, KEPT | {"light": "amber", "evidence": ""})
    assert "What came of it" in ada.text("/en/example/administration/rounds/schools")


def test_what_people_said_is_answered_in_public(office: Office) -> None:
    office.browser("ada").saved(f"{ROUND}/answers/new", ANSWER)
    text = office.stranger().text(SHOWN)
    assert "The dates were too short." in text
    assert "Two more weeks." in text
    with office.work():
        acts = [row.act for row in db.session.scalars(db.select(Record).order_by(Record.id))]
        assert acts[-1] is Act.FEEDBACK_ANSWERED


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "javascript:alert(1)",
        "https://",
        "https://a:b@example.org",
        "/minutes",
    ],
)
def test_evidence_is_an_address_that_a_reader_can_follow(office: Office, address: str) -> None:
    answer = office.browser("ada").post(f"{ROUND}/answers/new", ANSWER | {"evidence": address})
    assert answer.status_code == 422
    page = Page(answer.text).text
    assert "Write an address that begins with https://" in page
    assert "Two more weeks." in page


def test_a_promise_needs_words_and_a_principle(office: Office) -> None:
    answer = office.browser("ada").post(f"{ROUND}/commitments/new", {"promise_en": ""})
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


def test_only_administrators_speak_for_the_round(office: Office) -> None:
    for name in ("rosa", "aude", "ana"):
        assert office.browser(name).post(f"{ROUND}/answers/new", ANSWER).status_code == 403
