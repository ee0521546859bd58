"""A thousand people who vote: through the pages, and in batches as browsers and server seal them.

What a person finally says depends on their number alone, so that the test can add it up.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from werkzeug.test import TestResponse

from budget_app.extensions import db
from tallying.election import BallotStyle
from tallying.sealing.seal import NONCE_BYTES, plain_ballot, seal_ballot
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Citizen
from tests.budget_app.rounds.office import ROUND, Office
from tests.rehearsal.parliament import BORN, PEOPLE, POLL, SOUTH, district_of
from tests.rehearsal.served import gunicorn, over_the_network
from voting import ballots, box, eligibility, polls
from voting.keys import KeyStore

MARKED_POINTS = 73_069_182
"""A number of points that nothing else would say."""

BOOTH = range(1, 13)
"""They vote through the pages."""

TWICE = (12,)
"""Those of them who do so twice."""

MARKED = (*range(1, 7), *range(13, 21))
"""They give the marked points."""

WATCHED = (13, 14)
"""Those of them whose nonces are looked for, which they draw themselves."""

CHANGING = (21, *range(101, 161))
"""They vote, and then vote otherwise."""

REVOKED = (31, 32)
"""Their ballots are revoked."""

PLACES = {1: "voting.enclosing.seal_ballot", 2: "voting.cast_rows.record"}
FAILING = tuple(PLACES)
"""While they cast, the server fails at these places: before the ballot is sealed, and after."""

NEVER_OPENED = (CHANGING[0], REVOKED[0])
"""The nonces of their first ballots may never be seen: nobody opens what is replaced or revoked."""


@dataclass(frozen=True)
class Nonces:
    """Those of the voters who are watched, by their numbers."""

    counted: dict[int, bytes]
    never_opened: dict[int, bytes]


def draw_nonces() -> Nonces:
    watched, never = (
        {number: secrets.token_bytes(NONCE_BYTES) for number in numbers}
        for numbers in (WATCHED, NEVER_OPENED)
    )
    return Nonces(counted=watched, never_opened=never)


def choices(number: int) -> list[list[Any]]:
    """What a person finally says."""
    if number in MARKED:
        return [["p001", MARKED_POINTS]]
    if number in SOUTH:
        return [["p005", 3], ["p006", 2]] if number % 2 else [["p005", 2], ["p006", 3]]
    patterns = (
        [["p001", 5], ["p002", 2]],
        [["p002", 4], ["p003", 1]],
        [["p003", 3], ["p004", 6]],
    )
    return patterns[number % 3]


def points() -> Counter[str]:
    """What each project has in the end: nothing from who was revoked."""
    found: Counter[str] = Counter()
    for number in PEOPLE:
        if number not in REVOKED:
            found.update(dict(choices(number)))
    return found


@dataclass(frozen=True)
class Batch:
    """Many ballots in one transaction: every tenth is sealed by the server, the others before."""

    office: Office
    nonces: Nonces

    def cast(self, numbers: Iterable[int], *, at_first: bool) -> None:
        """`at_first`: those who will change their minds say something else."""
        numbers = list(numbers)
        with self.office.work():
            session, keys = db.session(), self._keys()
            refs = [eligibility.voter_ref(keys, POLL, f"ID{number}") for number in numbers]
            tokens = box.issue_tokens(session, POLL, refs)
            requests = [
                self._request(number, ref, token, at_first=at_first)
                for number, ref, token in zip(numbers, refs, tokens, strict=True)
            ]
            answers = box.cast_many(session, POLL, requests)
        assert all(isinstance(answer, box.Acceptance) for answer in answers)

    def _request(self, number: int, ref: str, token: str, *, at_first: bool) -> box.CastRequest:
        said = [["p004", 1]] if at_first and number in CHANGING else choices(number)
        nonce = self.nonces.counted.get(number)
        if at_first:
            nonce = self.nonces.never_opened.get(number, nonce)
        if number % 10 == 0:
            return box.CastRequest(POLL, ref, token, ballots.encode(BallotStyle.POINTS, said))
        body = plain_ballot(said, nonce or secrets.token_bytes(NONCE_BYTES))
        return box.CastRequest(POLL, ref, token, self._sealed(number, body), sealed=True)

    def _sealed(self, number: int, body: bytes) -> bytes:
        """As the voter's browser does it."""
        seal = polls.sealed_manifest(db.session(), POLL).seal
        assert seal is not None
        return seal_ballot(
            body, size=seal.size, round_id=POLL, box_id=district_of(number), keys=seal.keys
        )

    def _keys(self) -> KeyStore:
        found: KeyStore = self.office.app.extensions["keys"]
        return found


def vote_in_booth(office: Office, folder: Path) -> str:
    """A dozen people vote through the pages; answers what two were shown while the server failed.

    Those two hand in the acceptances of their ballots.

    The others vote over the network, one of them twice; the server keeps its logs in `folder`.
    """
    shown = "".join(_vote_at_last(office, number) for number in FAILING)
    with gunicorn(office.app, folder) as port:
        for number in BOOTH:
            if number not in FAILING:
                citizen = _enter_booth(office, number, port)
                for _ in range(2 if number in TWICE else 1):
                    assert _vote(citizen, number).status_code == 303
    return shown


def _vote_at_last(office: Office, number: int) -> str:
    """The first try fails inside the box; answers the page that is shown then."""
    citizen = _enter_booth(office, number)
    with patch(PLACES[number], side_effect=RuntimeError("the machine failed")):
        failed = _vote(citizen, number)
    assert failed.status_code == 500
    answer = _vote(citizen, number)
    assert answer.status_code == 303
    _hand_in(office, citizen, answer.location.rsplit("/", 1)[1])
    return failed.text


def _hand_in(office: Office, citizen: Citizen, code: str) -> None:
    """The acceptance that the voter saved, on the public page, by somebody who is not signed in."""
    note = citizen.get(f"/receipt/{code}/acceptance").text
    stranger = Citizen(office.stranger().client, ROUND + "vote")
    form = stranger.page("/check").forms[-1]
    answer = stranger.client.post(form.action, data=form.having(("text", note)))
    assert "The acceptance is kept." in Page(answer.text).text


def _enter_booth(office: Office, number: int, port: int | None = None) -> Citizen:
    """Somebody signs in, and is found on the roll."""
    client = office.browser(f"voter{number}").client
    citizen = Citizen(over_the_network(client, port) if port else client, ROUND + "vote")
    answer = citizen.find_on_roll(f"ID{number}", date.fromisoformat(BORN))
    assert answer.status_code == 303, Page(answer.text).text
    return citizen


def _vote(citizen: Citizen, number: int) -> TestResponse:
    """Fill the ballot, see the total, review, and cast."""
    fields = [(f"points-{key}", str(given)) for key, given in choices(number)]
    citizen.post("", {"box": "north", "act": "update", **dict(fields)})
    review = citizen.review(*fields, box_id="north")
    return citizen.post("/cast", review.form("/cast").having())
