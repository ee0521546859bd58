"""What is published is corrected in the open: the day, and what it said before."""

import pytest

from budget_app.extensions import db
from budget_app.feedback import corrections, services
from budget_app.feedback.models import Answer, Commitment, Correction, Light, Principle
from budget_app.records.models import Act, Record
from tests.budget_app.at_once import at_once
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import Office

ROUND = "/en/example/rounds/schools"
SHOWN = f"{ROUND}/answers"
PROMISE = {"principle": "ethics", "promise_en": "Reviewers name their interests."}
KEPT = {"light": "green", "words_en": "All five did.", "evidence": "https://example.org/list"}
ANSWER = {"said_en": "The dates were too short.", "did_en": "Two more weeks.", "evidence": ""}
COMMITMENT, ANSWERED = f"{ROUND}/commitments/1", f"{ROUND}/answers/1/correct"

pytestmark = pytest.mark.one_store


def test_a_corrected_answer_shows_what_it_said_before(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    assert "Two more weeks." in ada.get(ANSWERED).text
    ada.saved(ANSWERED, ANSWER | {"did_en": "Three more weeks."})
    page = office.stranger().get(SHOWN).text
    assert "Corrected on" in Page(page).text
    assert '<del><span class="visually-hidden" lang="en">[removed: </span>Two' in page
    assert "Three more weeks." in Page(page).text
    with office.work():
        acts = [row.act for row in db.session.scalars(db.select(Record).order_by(Record.id))]
        assert acts[-1] is Act.ANSWER_CORRECTED


def test_a_promise_and_its_light_are_corrected_each_by_itself(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    ada.saved(COMMITMENT, KEPT)
    ada.saved(f"{COMMITMENT}/correct", PROMISE | {"promise_es": "Declaran sus intereses."})
    amber = {"light": "amber", "words_en": "Four of five did.", "evidence": ""}
    ada.saved(f"{COMMITMENT}/standings/1/correct", amber)
    text = office.stranger().text(SHOWN)
    assert "What is promised (Spanish)" in text
    assert "How it stands [removed: Kept ] [added: Under way ]" in text, text
    assert "https://example.org/list" in text
    assert "How it stood before" not in text


def test_every_earlier_wording_stays(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    for weeks in ("Three", "Four"):
        ada.saved(ANSWERED, ANSWER | {"did_en": f"{weeks} more weeks."})
    with office.work():
        told = corrections.told(db.session.scalars(db.select(Answer)).one())
        pieces = [[piece.text for piece in one.changes[0].pieces] for one in told]
    assert pieces == [["Three", "Four", " more weeks."], ["Two", "Three", " more weeks."]]


def test_the_same_words_correct_nothing(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    ada.saved(ANSWERED, ANSWER)
    assert "Corrected on" not in office.stranger().text(SHOWN)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"did_en": " "}, "This cannot stay empty."),
        ({"evidence": "javascript:alert(1)"}, "Write an address that begins with https://"),
    ],
)
def test_a_bad_correction_is_shown_again(
    office: Office, changed: dict[str, str], sentence: str
) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    answer = ada.post(ANSWERED, ANSWER | {"said_en": "The dates, of course."} | changed)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
    assert "The dates, of course." in answer.text
    assert "Corrected on" not in office.stranger().text(SHOWN)


def test_a_kept_promise_is_not_corrected_to_have_no_evidence(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    ada.saved(COMMITMENT, KEPT)
    answer = ada.post(f"{COMMITMENT}/standings/1/correct", KEPT | {"evidence": ""})
    assert answer.status_code == 422
    assert "needs the address of what shows it" in Page(answer.text).text


def test_only_administrators_correct_and_only_what_belongs_to_the_round(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    for name in ("rosa", "aude", "ana"):
        assert office.browser(name).post(ANSWERED, ANSWER).status_code == 403
    assert ada.get(f"{ROUND}/answers/2/correct").status_code == 404
    assert ada.get(f"{COMMITMENT}/standings/1/correct").status_code == 404


@pytest.mark.both_stores
def test_two_presses_at_once_publish_and_correct_once(office: Office) -> None:
    office.browser("ada")

    def press() -> None:
        round_, ada = office.round_(), office.person("ada")
        made = services.commit(round_, Principle.ETHICS, {"en": "We answer."}, by=ada)
        services.set_light(made, Light.RED, {"en": "We did not."}, "", by=ada)
        services.answer(round_, {"en": "Too short."}, {"en": "Two weeks."}, "", by=ada)

    def correct() -> None:
        row = db.session.scalars(db.select(Answer)).one()
        words = {"said": {"en": "Too short."}, "did": {"en": "Three weeks."}, "evidence": ""}
        corrections.correct(row, words, by=office.person("ada"))

    assert at_once(office.app, press, press) == []
    assert at_once(office.app, correct, correct) == []
    with office.work():
        assert len(db.session.scalars(db.select(Commitment)).one().standings) == 1
        assert db.session.scalars(db.select(Answer)).one().did == {"en": "Three weeks."}
        assert db.session.scalars(db.select(Correction)).one().before["did"] == {"en": "Two weeks."}


def test_a_later_correction_shows_the_earlier_one_before_it_replaces_it(office: Office) -> None:
    ada, ben = office.browser("ada"), office.browser("ben")
    ada.saved(f"{ROUND}/commitments/new", PROMISE)
    ada.saved(COMMITMENT, KEPT)
    address = f"{COMMITMENT}/standings/1/correct"
    both_began = ada.began(address)
    ben.saved(address, KEPT | {"light": "amber", "words_en": "Ben: four did."} | both_began)
    words = KEPT | {"words_en": "Ada: all did."}
    answer = ada.post(address, words | both_began)
    text = Page(answer.text).text
    assert answer.status_code == 422
    assert "Ben changed this meanwhile: How it stands, Why (English)." in text
    assert "How it stands What stands now Under way What you typed You had changed" in text
    assert "What stands now Ben: four did. What you typed Ada: all did." in text
    assert "Ada: all did.</textarea>" in answer.text
    assert "Ada: all did." not in office.stranger().text(SHOWN)
    fields = [field for form in Page(answer.text).forms for field in form.fields]
    ada.saved(address, words | {"began_with": dict(fields)["began_with"]})
    assert "Ada: all did." in office.stranger().text(SHOWN)


def test_the_same_press_twice_is_no_change_of_somebody_else(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(f"{ROUND}/answers/new", ANSWER)
    pressed = ANSWER | {"did_en": "Three more weeks."} | ada.began(ANSWERED)
    ada.saved(ANSWERED, pressed)
    ada.saved(ANSWERED, pressed)
