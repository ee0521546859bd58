"""Casting in a sealed round: an envelope from the page, or a plain ballot that the server seals."""

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from budget_app.booth import queries
from budget_app.extensions import db
from budget_app.settings import Settings
from tallying.evidence import canonical
from tallying.evidence.seal import Seal
from tallying.sealing.seal import plain_ballot, seal_ballot
from tests.budget_app.booth.conftest import OpenScene
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Citizen, Scene
from tests.budget_app.booth.test_secrecy import columns_holding
from voting import polls
from voting.models import Envelope, LogEntry

A, B = ("choice", "a"), ("choice", "b")
MARK = 7777771
NOT_WHOLE = "The sealed ballot did not arrive whole."


@pytest.fixture
def scene(open_round: OpenScene) -> Scene:
    return open_round(sealed=True)


def seal_of(scene: Scene) -> Seal:
    with scene.app.app_context():
        seal = polls.sealed_manifest(db.session(), scene.round_id).seal
    assert seal is not None
    return seal


def envelope(scene: Scene, *choices: Any) -> bytes:
    """What a voter's browser makes of a ballot."""
    seal = seal_of(scene)
    return seal_ballot(
        plain_ballot(list(choices), secrets.token_bytes(16)),
        size=seal.size,
        round_id=scene.round_id,
        box_id="north",
        keys=seal.keys,
    )


def cast_fields(voter: Citizen, text: str) -> dict[str, Any]:
    """The post of an envelope, from a review without choices."""
    answer = voter.post("/review", {"box": "north", "sealed": "here"})
    assert answer.status_code == 200
    return Page(answer.text).form("/cast").having() | {"envelope": text}


def stored(scene: Scene) -> list[bytes]:
    with scene.app.app_context():
        return [bytes(content) for content in db.session.scalars(select(Envelope.envelope))]


def test_an_envelope_from_the_page_is_kept_byte_for_byte(scene: Scene) -> None:
    voter, sealed = scene.voter(), envelope(scene, "a", "b")
    answer = voter.post("/cast", cast_fields(voter, canonical.b64u(sealed)))
    assert answer.status_code == 303
    assert stored(scene) == [sealed]
    assert scene.plain_ballots() == [["a", "b"]]


def test_a_script_is_told_where_the_receipt_is(scene: Scene) -> None:
    voter = scene.voter()
    fields = cast_fields(voter, canonical.b64u(envelope(scene, "a")))
    answer = voter.post("/cast", fields, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    again = voter.post("/cast", fields)
    assert answer.json == {"receipt": again.location}


def test_a_form_without_scripts_is_sealed_by_the_server_and_says_so(scene: Scene) -> None:
    voter = scene.voter()
    review = voter.review(A, B)
    assert "The server seals this ballot" in review.text
    data = review.form("/cast").having()
    first, second = voter.post("/cast", data), voter.post("/cast", data)
    assert first.location == second.location
    assert scene.plain_ballots() == [["a", "b"]]


def test_nobody_can_tell_who_sealed_a_ballot(scene: Scene) -> None:
    browser, form = scene.voter(1), scene.voter(2)
    browser.post("/cast", cast_fields(browser, canonical.b64u(envelope(scene))))
    form.vote(A, B)
    lengths = {len(content) for content in stored(scene)}
    assert lengths == {seal_of(scene).envelope_size}
    scene.log()
    with scene.app.app_context():
        entries = [json.loads(row) for row in db.session.scalars(select(LogEntry.entry))]
    shapes = {
        tuple((name, len(value)) for name, value in entry.items())
        for entry in entries
        if entry["t"] == "cast"
    }
    assert len(shapes) == 1


def test_the_same_token_takes_another_envelope_never(scene: Scene) -> None:
    voter = scene.voter()
    fields = cast_fields(voter, canonical.b64u(envelope(scene, "a")))
    assert voter.post("/cast", fields).status_code == 303
    other = voter.post("/cast", fields | {"envelope": canonical.b64u(envelope(scene, "a"))})
    assert other.status_code == 409
    assert "then=review" in other.text
    assert len(stored(scene)) == 1


@pytest.mark.one_store
@pytest.mark.parametrize(
    "change",
    [
        lambda text: {"envelope": ""},
        lambda text: {"envelope": text[:-4]},
        lambda text: {"envelope": text + "AAAA"},
        lambda text: {"envelope": text + "="},
        lambda text: {"envelope": "ñ" + text[1:]},
        lambda text: {"envelope": [text, text]},
        lambda text: {"choice": "a"},
        lambda text: {"box": "south"},
    ],
    ids=["empty", "short", "long", "padding", "letters", "twice", "mixed", "box"],
)
def test_what_is_no_envelope_of_this_box_is_told_in_one_sentence(scene: Scene, change: Any) -> None:
    voter, text = scene.voter(), canonical.b64u(envelope(scene, "a"))
    fields = cast_fields(voter, text)
    answer = voter.post("/cast", fields | change(text))
    assert answer.status_code == 422
    assert NOT_WHOLE in Page(answer.text).text
    assert stored(scene) == []
    assert voter.post("/cast", fields).status_code == 303


def test_an_open_round_takes_no_envelope(open_round: OpenScene) -> None:
    voter = open_round().voter()
    data = voter.review(A).form("/cast").having(without=("choice",))
    answer = voter.post("/cast", data | {"envelope": canonical.b64u(bytes(2784))})
    assert answer.status_code == 422
    assert NOT_WHOLE in Page(answer.text).text


def test_a_review_without_choices_asks_who_votes_first(scene: Scene) -> None:
    answer = scene.stranger().post("/review", {"box": "north", "sealed": "here"})
    assert "Sign in to go on" in Page(answer.text).text
    assert all(not form.action.endswith("/review") for form in Page(answer.text).forms)


def test_a_review_of_another_districts_ballot_shows_the_voters_own(scene: Scene) -> None:
    answer = scene.voter().post("/review", {"box": "south", "sealed": "here"})
    assert answer.status_code == 422
    assert "you vote in North" in Page(answer.text).text


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With every line that the application writes in production."""
    return settings.model_copy(update={"log_level": "INFO"})


def test_no_table_file_or_log_line_holds_a_ballot_that_the_server_sealed(
    open_round: OpenScene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    scene = open_round("points", sealed=True, max_points=99_999_999)
    voter = scene.voter()
    assert voter.vote(("points-a", str(MARK))).status_code == 303
    assert scene.plain_ballots() == [[["a", MARK]]]
    assert columns_holding(scene, str(MARK).encode()) == set()
    written = capsys.readouterr()
    lines = written.out + written.err + caplog.text
    assert "booth.cast" in lines
    assert str(MARK) not in lines


def test_the_receipt_says_who_could_open_the_envelope(scene: Scene) -> None:
    voter = scene.voter()
    receipt = Page(voter.client.get(voter.vote(A).location).text)
    assert "the server itself holds both keys" in receipt.text
    assert "Project A" not in receipt.text


def test_the_receipt_names_the_bodies_that_keep_the_keys(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = replace(seal_of(scene), server_trust=False)
    monkeypatch.setattr(queries, "seal", lambda _round: seal)
    voter = scene.voter()
    receipt = Page(voter.client.get(voter.vote(A).location).text)
    assert "two bodies keep the keys" in receipt.text
    assert "Electoral office and Court of audit" in receipt.text


def test_an_open_rounds_receipt_says_that_the_server_keeps_the_envelopes(
    open_round: OpenScene,
) -> None:
    voter = open_round().voter()
    receipt = Page(voter.client.get(voter.vote(A).location).text)
    assert "the server itself keeps the envelopes" in receipt.text
