"""Training sessions: an exercise for each delegation, joined with a code, never mixed with real data."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from budget_app import jobs
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import Parliament
from budget_app.training.models import Delegation, DelegationState
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import Browser, Office, found_office

HOST = "/en/example/training/"
NAMES = "Delegation of Belize\nDelegation of Haiti"
NEW_PAGE = ' target="_blank" rel="noopener"'
SESSION = {"title": "Regional workshop", "delegations": NAMES, "minutes": "60"}


@pytest.fixture
def office(app: Flask) -> Office:
    return found_office(app)


@pytest.fixture
def held(office: Office) -> Office:
    """A session of one delegation whose exercise is ready."""
    office.browser("ada").saved(HOST + "new", SESSION | {"delegations": "Delegation of Belize"})
    jobs.run_once(office.app)
    return office


def delegation(office: Office) -> tuple[str, str]:
    """Code and address part of the present exercise."""
    with office.work():
        row = db.session.scalars(db.select(Delegation)).one()
        assert row.state is DelegationState.READY, row.error
        assert row.exercise is not None
        return row.code, row.exercise.slug


def knock(browser: Browser, code: str, role: str = "citizen") -> TestResponse:
    """Fill the form at the door."""
    return send(browser, f"/en/join/{code.lower()}", {"name": "Ana", "role": role})


def send(browser: Browser, address: str, data: dict[str, str]) -> TestResponse:
    """Fill the form at an address, signed out."""
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(address).text)
    return browser.client.post(address, data={"csrf_token": token[-1] if token else "", **data})


def join(office: Office, code: str, role: str = "citizen") -> tuple[Browser, str]:
    """Somebody who has joined, and where they were led."""
    browser = office.stranger()
    answer = knock(browser, code, role)
    assert answer.status_code == 302, Page(answer.text).text
    return browser, answer.location


def test_each_delegation_gets_an_exercise_of_its_own(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(HOST + "new", SESSION)
    assert "0 of 2 exercises are ready" in ada.text(HOST + "1")
    jobs.run_once(office.app)
    assert "1 of 2 exercises are ready" in ada.text(HOST + "1")
    jobs.run_once(office.app)
    page = ada.text(HOST + "1")
    assert "2 of 2 exercises are ready" in page
    assert "Delegation of Belize" in page


def test_a_participant_joins_with_the_code_and_may_vote_at_once(held: Office) -> None:
    code, slug = delegation(held)
    browser, home = join(held, code)
    assert home == f"/en/{slug}/"
    page = browser.text(home)
    assert "Exercise: nothing here is real." in page
    place = browser.text(f"/en/{slug}/rounds/youth-2027/vote/eligibility")
    assert "Yes, you can vote." in place


@pytest.mark.parametrize(
    ("field", "page", "sentence"),
    [
        ("delegations_proposals", "rounds/ideas-2028/proposals/", "Benches with shade"),
        ("delegations_voting", "rounds/youth-2027/", "Vote now"),
        ("delegations_delivery", "rounds/budget-2026/results/", "projects are funded"),
    ],
)
def test_an_exercise_begins_where_it_was_chosen(
    office: Office, field: str, page: str, sentence: str
) -> None:
    chosen = SESSION | {"delegations": "", field: "Delegation of Belize"}
    office.browser("ada").saved(HOST + "new", chosen)
    jobs.run_once(office.app)
    code, slug = delegation(office)
    browser, home = join(office, code, "administrator")
    assert sentence in browser.text(home + page)
    assert set(re.findall(r"/rounds/([^/]+)/", browser.get(home).text)) == {page.split("/")[1]}
    if field == "delegations_delivery":
        assert "Every contract of a funded project" in browser.text(
            f"/en/{slug}/rounds/budget-2026/answers"
        )


def test_a_participant_comes_back_to_the_same_seat_with_the_code(held: Office) -> None:
    code, slug = delegation(held)
    first, home = join(held, code)
    (shown,) = re.findall(r"Write down your code, (\S+):", first.text(home))
    seat = shown.replace("\u2011", "-")
    assert seat in first.text(home)  # in the menu, also later
    with held.work():
        person = db.session.scalars(db.select(User.id).where(User.exercise_code == seat)).one()
    again = held.stranger()
    door = f"/en/join/{code}/seat"
    written = seat.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    answer = send(again, door, {"code": written})
    assert answer.location == f"/en/{slug}/"
    assert seat in again.text(answer.location)
    with held.work():
        people = db.session.scalars(db.select(User.id).where(User.exercise_number.is_not(None)))
        assert people.all() == [person]


def test_a_wrong_code_of_a_seat_lets_nobody_in(held: Office) -> None:
    code, _slug = delegation(held)
    browser = held.stranger()
    for written in ("ABCD-EFGH", "'; --", "x" * 41, ""):
        answer = send(browser, f"/en/join/{code}/seat", {"code": written})
        assert answer.status_code == 422, written
    assert (
        "Nobody in this exercise has this code."
        in Page(send(browser, f"/en/join/{code}/seat", {"code": "ABCD-EFGH"}).text).text
    )


def test_a_participant_takes_a_part_without_a_second_factor(held: Office) -> None:
    code, slug = delegation(held)
    browser, _home = join(held, code, "administrator")
    assert browser.get(f"/en/{slug}/administration/").status_code == 200
    assert "Simulate this hearing" in browser.text(f"/en/{slug}/hearings/1")


def test_an_account_of_an_exercise_is_nobody_elsewhere(held: Office) -> None:
    code, slug = delegation(held)
    browser, _home = join(held, code, "administrator")
    page = "/en/example/administration/members"
    written = {"email": "mia@example.org", "name": "Mia Sol", "role": "reviewer"}
    browser.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    for answer in (
        browser.get(page),
        browser.get("/en/example/account/"),
        browser.post("/en/example/administration/members/1/reviewer/remove"),
        browser.post(page, written),
    ):
        assert answer.status_code == 403
        text = Page(answer.text).text
        assert "This account belongs to an exercise" in text
        assert "It can do nothing outside of “Delegation of Belize”." in text
        assert "role" not in text
        assert f'href="/en/{slug}/">Go to the exercise' in answer.text.replace(NEW_PAGE, "")
        assert 'href="/en/example/account/sign-in' in answer.text
    assert "Mia Sol" in text
    assert browser.get("/en/example/").status_code == 200


def test_a_reset_closes_what_was_and_makes_a_fresh_one(held: Office) -> None:
    code, before = delegation(held)
    participant, _home = join(held, code, "administrator")
    held.browser("ada").saved(HOST + "1/delegations/1/reset")
    gone = participant.get(f"/en/{before}/")
    assert gone.status_code == 404
    assert "This exercise was begun anew" in gone.text
    assert f"/en/join/{code}" in gone.text
    jobs.run_once(held.app)
    again, after = delegation(held)
    assert (again, after) != (code, before)
    assert again == code
    _browser, home = join(held, code)
    assert home == f"/en/{after}/"


def test_a_parliamentarian_of_an_exercise_leads_its_hearing(held: Office) -> None:
    code, slug = delegation(held)
    browser, _home = join(held, code, "parliamentarian")
    desk = f"/en/{slug}/hearings/1/desk"
    assert "In an exercise a hearing may begin at any time." in browser.text(desk)
    assert browser.post(f"/en/{slug}/hearings/1/begin").status_code == 302
    shown = held.stranger().text(f"/en/{slug}/hearings/1")
    assert "In the chair Ana" in shown
    assert "Training office" not in shown


def test_an_exercise_offers_no_training_sessions(held: Office) -> None:
    code, slug = delegation(held)
    browser, _home = join(held, code, "administrator")
    page = browser.get(f"/en/{slug}/training/")
    assert page.status_code == 200
    assert f"/en/{slug}/training/new" not in page.text


def test_an_ended_session_lets_nobody_in(held: Office) -> None:
    code, slug = delegation(held)
    held.browser("ada").saved(HOST + "1/end")
    assert held.stranger().get(f"/en/{slug}/").status_code == 404
    door = held.stranger().get(f"/en/join/{code}")
    assert "has ended" in Page(door.text).text
    assert 'name="role"' not in door.text


def test_nothing_of_an_exercise_shows_elsewhere(held: Office) -> None:
    code, slug = delegation(held)
    join(held, code)
    assert slug not in held.stranger().get("/en/").text
    assert "Delegation of Belize" not in held.stranger().get("/en/").text
    with held.work():
        to = db.session.scalars(db.select(OutgoingMail.recipient)).all()
        assert not [address for address in to if address.endswith(".invalid")]


def test_an_exercise_that_is_full_says_so(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budget_app.training.template.MOST_PEOPLE", 1)
    code, _slug = delegation(held)
    join(held, code)
    assert knock(held.stranger(), code).status_code == 409


def test_a_participant_is_met_in_their_own_language(held: Office) -> None:
    code, _slug = delegation(held)
    led = held.stranger().client.get(f"/join/{code}", headers={"Accept-Language": "fr"})
    assert led.location == f"/fr/join/{code}"
    page = held.stranger().text(led.location)
    assert "Modération" in page
    assert "Moderator" not in page


def test_a_code_that_nobody_gave_leads_nowhere(office: Office) -> None:
    assert office.stranger().get("/en/join/ABCD-EFGH").status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"delegations": ""}, "This cannot stay empty."),
        ({"delegations": "A\na"}, "Two delegations have the same name."),
        ({"delegations": "\n".join(map(str, range(41)))}, "At most 40 delegations."),
        ({"delegations": "x" * 81}, "at most 80 characters"),
        ({"delegations": "A", "delegations_voting": "a"}, "Two delegations have the same name."),
        (
            {"delegations_delivery": "\n".join(map(str, range(39)))},
            "At most 40 delegations.",
        ),
        ({"minutes": "4"}, "Choose a number from 5 to 10,080."),
        ({"minutes": "soon"}, "Not a valid integer value."),
    ],
)
def test_a_bad_session_is_shown_again(
    office: Office, changed: dict[str, str], sentence: str
) -> None:
    answer = office.browser("ada").post(HOST + "new", SESSION | changed)
    assert answer.status_code == 422
    page = Page(answer.text).text
    assert sentence in page
    assert "Regional workshop" in answer.text


def test_only_administrators_hold_sessions(office: Office) -> None:
    assert office.browser("rosa").get(HOST).status_code == 403
    client: FlaskClient = office.app.test_client()
    assert client.get(HOST).status_code == 302
    with office.work():
        assert db.session.scalars(db.select(Parliament)).one().is_exercise is False
        assert not db.session.scalars(db.select(User).where(User.exercise_id.is_not(None))).all()
