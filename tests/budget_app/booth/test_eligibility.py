"""Can I vote? — with a reason, and nothing for people who guess."""

from datetime import date

import pytest
from sqlalchemy import select

from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Citizen, Scene
from voting import eligibility
from voting.database import writing

BIRTH = ("identity_number", "day", "month", "year")


def answer_of(citizen: Citizen, number: str, born: date = date(1990, 4, 1)) -> str:
    answer = citizen.find_on_roll(number, born)
    if answer.status_code == 303:
        return Page(citizen.client.get(answer.location).text).text
    assert answer.status_code == 422
    return Page(answer.text).text


def test_whoever_stands_on_the_roll_is_told_where_they_vote(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    assert "You vote in North" in answer_of(citizen, " id-7 ")
    assert citizen.vote(("choice", "a")).status_code == 303


def test_an_unknown_number_and_a_wrong_birth_date_get_the_same_answer(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    unknown = answer_of(citizen, "ID999")
    wrong = answer_of(citizen, "ID7", date(1990, 4, 2))
    assert "Nobody with this identity number" in unknown
    assert unknown == wrong


def test_a_place_on_the_roll_belongs_to_one_account(scene: Scene) -> None:
    answer_of(scene.signed_in("ana@example.org"), "ID7")
    assert "Another account" in answer_of(scene.signed_in("eva@example.org"), "ID7")


def test_one_account_votes_for_one_person(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    token = citizen.page("/eligibility").form("/eligibility").value("csrf_token")
    answer_of(citizen, "ID7")
    born = {"day": 1, "month": 4, "year": 1990}
    data = {"csrf_token": token, "identity_number": "ID8", "press": "join", **born}
    answer = citizen.post("/eligibility", data)
    assert answer.status_code == 422
    assert "One account votes for one person" in Page(answer.text).text


def test_guessing_is_stopped_after_ten_tries(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    for number in range(10):
        answer_of(citizen, f"GUESS{number}")
    assert citizen.find_on_roll("ID7").status_code == 429


def test_a_date_that_does_not_exist_is_explained_at_its_field(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    form = citizen.page("/eligibility").form("/eligibility")
    data = form.having(without=("day", "month", "year", "identity_number")) | {
        "identity_number": "ID7",
        "day": "31",
        "month": "2",
        "year": "1990",
    }
    answer = citizen.post("/eligibility", data)
    assert answer.status_code == 422
    assert "This date does not exist" in answer.text
    assert 'value="ID7"' in answer.text


def test_signed_out_people_are_asked_to_sign_in_first(scene: Scene) -> None:
    assert "Sign in first" in scene.stranger().page("/eligibility").text


def test_a_ballot_filled_before_the_roll_is_asked_is_kept(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    kept = Page(citizen.post("/review", {"box": "north", "choice": ["a"]}).text)
    assert "Find yourself on the roll" in kept.text
    answer_of(citizen, "ID7")
    review = Page(citizen.post("/review", kept.form("/review").having()).text)
    assert ("choice", "a") in review.form("/cast").fields


@pytest.mark.one_store
def test_choices_on_another_districts_ballot_are_told_of_once_the_roll_is_known(
    scene: Scene,
) -> None:
    kept = scene.stranger().post("/review", {"box": "south", "choice": ["d"]}).text
    assert "then%3Dreview%26district%3Dsouth" in kept
    citizen = scene.signed_in("ana@example.org")
    page = citizen.get("/eligibility?then=review&district=south").text
    found = citizen.post(
        "/eligibility",
        Page(page).form("/eligibility").having(without=BIRTH)
        | {"identity_number": "ID7", "day": 1, "month": 4, "year": 1990, "press": "join"},
    )
    go_on = "/vote?then=review&amp;district=south"
    assert go_on in citizen.client.get(found.location).text
    sentence = "What you chose was of the ballot of South; you vote in North"
    assert Page(citizen.get("?then=review&district=south").text).text.count(sentence) == 1
    assert "What you chose" not in citizen.page("?district=south").text
    assert "What you chose" not in citizen.page("?then=review&district=north").text
    posted = citizen.post("/review", {"box": "south", "choice": ["d"]})
    assert sentence in Page(posted.text).text


def test_whoever_is_not_found_yet_is_led_straight_to_the_form(scene: Scene) -> None:
    citizen = scene.signed_in("ana@example.org")
    answer = citizen.post("/review", {"box": "north", "choice": ["a"]})
    assert "not yet joined to your place on the roll" in Page(answer.text).text
    assert "cannot vote now" not in Page(answer.text).text
    assert (
        'href="/en/example/rounds/schools/vote/eligibility?then=review&amp;district=north#identity_number"'
        in (answer.text)
    )
    assert 'id="identity_number"' in citizen.get("/eligibility?then=review").text


def test_whoever_stands_on_the_roll_without_a_vote_is_led_to_the_reason(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    voter = scene.voter()
    monkeypatch.setattr(eligibility, "old_enough", lambda _manifest, _born: False)
    answer = voter.post("/review", {"box": "north", "choice": ["a"]})
    shown = Page(answer.text).text
    assert "You stand on the roll, but your place on it cannot vote now" in shown
    assert "not yet joined" not in shown
    assert "See why" in shown
    assert "you do not reach the age" in voter.page("/eligibility?then=review").text


@pytest.mark.one_store
def test_an_account_is_joined_to_a_place_only_after_it_was_shown_whose_place_it_is(
    scene: Scene,
) -> None:
    citizen = scene.signed_in("joao@example.org")
    shown = Page(citizen.find_on_roll("id-17", press="").text)
    assert "the account joao@example.org" in shown.text
    assert "ending in …17 and was born on April 1, 1990" in shown.text
    assert "Yes, you can vote" not in citizen.page("/eligibility").text
    form = shown.form("/eligibility")
    changed = citizen.post("/eligibility", form.having(("press", "change")))
    assert 'value="id-17"' in changed.text
    citizen.client.get(citizen.post("/eligibility", form.having(("press", "join"))).location)
    assert "Yes, you can vote" in citizen.page("/eligibility").text


@pytest.mark.one_store
def test_the_step_before_joining_says_the_same_of_everybody(scene: Scene) -> None:
    citizen = scene.signed_in("joao@example.org")
    known = Page(citizen.find_on_roll("ID7", press="").text).text
    unknown = Page(citizen.find_on_roll("GUESS7", press="").text).text
    assert known.replace("…D7", "…") == unknown.replace("…S7", "…")


@pytest.mark.one_store
def test_whoever_is_sent_to_the_office_finds_how_to_reach_it(scene: Scene) -> None:
    with scene.app.app_context(), writing():
        db.session.scalars(select(Parliament)).one().page_kinds = ["contact"]
        db.session.commit()
    citizen = scene.signed_in("joao@example.org")
    assert "/en/example/pages/contact" in citizen.find_on_roll("GUESS7").text.split("<footer")[0]


def test_the_identity_number_is_kept_nowhere(scene: Scene) -> None:
    from tests.budget_app.booth.test_secrecy import columns_holding

    answer_of(scene.signed_in("ana@example.org"), "ID7")
    assert columns_holding(scene, b"ID7") == set()
