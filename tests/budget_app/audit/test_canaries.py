"""Canaries through the auditor's desk, and what everybody reads of them."""

import io
import re
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask, current_app
from werkzeug.test import TestResponse

from budget_app.extensions import db
from budget_app.rounds import secrecy
from budget_app.rounds.models import ActKind
from budget_app.rounds.queries import turnout
from tallying.evidence import canonical
from tallying.evidence.canaries import Canary, make
from tallying.sealing.seal import plain_ballot, seal_ballot
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import ROUND, Browser, Office, found_office
from voting import ballots, box, eligibility, polls, roll
from voting.keys import KeyStore
from voting.models import LayerPurpose
from voting.roll_file import Line

DESK = ROUND + "audit/canaries"
VOTERS = 12


@pytest.fixture
def office(app: Flask) -> Office:
    """A sealed round of one district, in the week of its vote."""
    made = found_office(app)
    made.seal()
    return made


def keys() -> KeyStore:
    found: KeyStore = current_app.extensions["keys"]
    return found


def enrol(aude: Browser, number: int = 1) -> list[str]:
    """The identity numbers that the page shows."""
    district = re.search(r'<option value="([^"]+)"', aude.get(DESK).text)
    assert district is not None
    answer = aude.post(DESK + "/enrol", {"district": district[1], "number": str(number)})
    assert answer.status_code == 200, Page(answer.text).text
    assert "never shown again" in Page(answer.text).text
    return re.findall(r">(\d{12})<", answer.text)


def upload(aude: Browser, verb: str, content: dict[str, Any]) -> TestResponse:
    file = (io.BytesIO(canonical.dumps(content)), "canaries.json")
    return aude.post(f"{DESK}/{verb}", {f"{verb}-file": file})


def made(office: Office, number: int) -> list[Canary]:
    with office.work():
        elections = polls.sealed_manifest(db.session(), office.round_().poll_id).elections
        [(box_id, election)] = elections.items()
        return [make(election, box_id) for _ in range(number)]


def commitments(canaries: list[Canary]) -> dict[str, Any]:
    return {"round": "example/schools", "commitments": [found.commitment for found in canaries]}


def openings(canaries: list[Canary]) -> dict[str, Any]:
    return {"round": "example/schools", "canaries": [asdict(found) for found in canaries]}


def envelope(office: Office, canary: Canary) -> str:
    """What the command wrote beside the canary."""
    with office.work():
        poll_id = office.round_().poll_id
        seal = polls.sealed_manifest(db.session(), poll_id).seal
    assert seal is not None
    body = plain_ballot(canary.choices, canonical.unb64u(canary.nonce))
    return canonical.b64u(
        seal_ballot(body, size=seal.size, round_id=poll_id, box_id=canary.box, keys=seal.keys)
    )


def cast(aude: Browser, identity_number: str, sealed: str) -> TestResponse:
    fields = {"cast-identity_number": identity_number, "cast-envelope": sealed}
    return aude.post(DESK + "/cast", fields)


def vote(office: Office) -> None:
    """Twelve people vote for the bus."""
    with office.work():
        session, round_ = db.session(), office.round_()
        slug = round_.districts[0].slug
        roll.enter(session, keys(), round_.poll_id, [Line(n, f"V{n}", slug) for n in range(VOTERS)])
        style = polls.sealed_manifest(session, round_.poll_id).style
        for number in range(VOTERS):
            ref = eligibility.voter_ref(keys(), round_.poll_id, f"V{number}")
            token = box.issue_token(session, round_.poll_id, ref)
            body = ballots.encode(style, ["p002"])
            box.cast(session, box.CastRequest(round_.poll_id, ref, token, body))


def test_canaries_are_drawn_handed_in_opened_and_told(office: Office) -> None:
    aude = office.browser("aude")
    [identity] = enrol(aude)
    assert identity not in aude.get(DESK).text
    office.act(ActKind.OPEN)
    canaries = made(office, 2)
    assert upload(aude, "commit", commitments(canaries)).status_code == 302
    assert cast(aude, identity, envelope(office, canaries[0])).status_code == 302
    vote(office)
    with office.work():
        assert turnout(office.round_()).voted == VOTERS
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        with office.app.app_context():
            secrecy.open_exercise("example/schools", LayerPurpose.COUNT)
        aude = office.browser("aude")
        assert upload(aude, "open", openings(canaries)).status_code == 302
        assert "Of yours, opened 2" in aude.text(DESK)
        office.act(ActKind.COUNT)
    page = " ".join(office.stranger().text(ROUND + "audit/evidence").split())
    assert "1 of 2 canaries of the auditors came out as they were sealed." in page
    assert "probability of at least" in page
    assert f"{VOTERS} people took part" in office.stranger().text(ROUND + "results/")


@pytest.mark.parametrize(
    ("verb", "content", "told"),
    [
        ("commit", {"round": "example/schools"}, "not the file"),
        ("commit", {"round": "example/other", "commitments": []}, "another round"),
        ("commit", {"round": "example/schools", "commitments": [1]}, "not the file"),
        ("commit", {"round": "example/schools", "commitments": ["x"]}, "cannot be taken"),
        ("open", {"round": "example/schools", "canaries": [{}]}, "not the file"),
        ("open", {"round": "example/schools", "canaries": []}, "cannot be opened"),
    ],
)
def test_a_wrong_file_is_told_at_its_field(
    office: Office, verb: str, content: dict[str, Any], told: str
) -> None:
    answer = upload(office.browser("aude"), verb, content)
    assert answer.status_code == 422
    assert told in Page(answer.text).text


def test_what_cannot_be_cast_is_told_at_its_field(office: Office) -> None:
    aude = office.browser("aude")
    [identity] = enrol(aude)
    sealed = envelope(office, made(office, 1)[0])
    assert cast(aude, identity, sealed).status_code == 422, "before voting opens"
    office.act(ActKind.OPEN)
    for number, content in (("12345678", sealed), (identity, "nonsense!"), (identity, sealed[:-4])):
        answer = cast(aude, number, content)
        assert answer.status_code == 422
        assert "Nothing was cast" in Page(answer.text).text
    assert cast(aude, identity, f"{sealed[:50]}\n {sealed[50:]}").status_code == 302


def test_a_file_that_is_no_json_is_refused(office: Office) -> None:
    aude = office.browser("aude")
    answer = aude.post(DESK + "/commit", {"commit-file": (io.BytesIO(b"\xff{"), "x")})
    assert answer.status_code == 422


@pytest.mark.parametrize("number", ["0", "51", "x", ""])
def test_a_wrong_number_of_canaries_is_told_at_its_field(office: Office, number: str) -> None:
    aude = office.browser("aude")
    answer = aude.post(DESK + "/enrol", {"district": "national", "number": number})
    assert answer.status_code == 422


def test_canaries_are_for_auditors(office: Office) -> None:
    assert office.browser("ada").get(DESK).status_code == 403
    assert office.stranger().get(DESK).status_code == 302


def test_a_round_that_is_not_sealed_has_nothing_to_watch(app: Flask) -> None:
    office = found_office(app)
    office.announce()
    assert "There is nothing to watch" in office.browser("aude").text(DESK)
