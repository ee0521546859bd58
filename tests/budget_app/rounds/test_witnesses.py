"""Naming the witnesses of a round's log, and showing how far they have signed."""

import contextlib
from pathlib import Path

import pytest

from budget_app.booth import jobs as booth_jobs
from budget_app.extensions import db
from budget_app.rounds import manifests
from budget_app.rounds.models import ActKind, RoundState
from budget_app.rounds.steps import gaps
from tallying.evidence.notes import Verifier, generate_key, open_note
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import ROUND, SETUP, Browser, Office
from tests.tallying.witness.served import free_port, new_witness, serving
from voting.models import Poll
from voting.witnessing import Witnessing

STEP = SETUP + "/witnesses"
POLL = "example/schools"
KEY = new_witness("press.example.org/w").verifier_key
GOOD = {"name": "Press", "key": KEY, "address": "https://witness.press.example.org"}


def add(ada: Browser, name: str, address: str = "https://witness.example.org") -> None:
    key = new_witness(name.lower().replace(" ", "-") + ".example.org/w").verifier_key
    ada.saved(STEP, {"name": name, "key": key, "address": address})


def codes(office: Office) -> set[str]:
    with office.work():
        return {gap.code for gap in gaps(office.round_())}


def test_a_round_needs_no_witnesses(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    assert "no witnesses yet" in ada.text(STEP)
    with office.work():
        assert manifests.build(office.round_()).policy is None


def test_witnesses_and_their_quorum_are_sealed_as_a_policy(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    add(ada, "City Press")
    add(ada, "University")
    assert "quorum_missing" in codes(office)
    assert "It is not said how many witnesses must sign." in ada.text(STEP)
    ada.saved(STEP + "/required", {"required": "2"})
    assert "quorum_missing" not in codes(office)
    with office.work():
        lines = (manifests.build(office.round_()).policy or "").splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [
        ["witness", "City-Press"], ["witness", "University"],
    ]  # fmt: skip
    assert lines[2:] == ["group witnesses 2 City-Press University", "quorum witnesses"]


def test_a_removed_witness_is_missed_where_the_quorum_needs_it(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    add(ada, "Press")
    add(ada, "University")
    ada.saved(STEP + "/required", {"required": "2"})
    ada.saved(STEP + "/1/remove")
    assert "too_few_witnesses" in codes(office)
    ada.saved(STEP + "/2/remove")
    assert not {"too_few_witnesses", "quorum_missing"} & codes(office)
    assert ada.post(STEP + "/2/remove").status_code == 404


BAD = {
    "no name": ({"name": ""}, "name", "This cannot stay empty."),
    "a name of the policy's own": ({"name": "none"}, "name", "Choose another name"),
    "the group's name": ({"name": "witnesses"}, "name", "Choose another name"),
    "a comment": ({"name": "#1"}, "name", "Choose another name"),
    "no key": ({"key": "press"}, "key", "not the verifier key of a witness"),
    "a log's key": (
        {"key": generate_key("press.example.org")[1]},
        "key",
        "not the verifier key of a witness",
    ),
    "a private key": (
        {"key": generate_key("press.example.org")[0]},
        "key",
        "This is a private key, or a share of one.",
    ),
    "no address": ({"address": ""}, "address", "This cannot stay empty."),
    "a file": ({"address": "file:///etc/passwd"}, "address", "begins with https://"),
    "another protocol": ({"address": "gopher://example.org"}, "address", "begins with https://"),
    "no host": ({"address": "https:///x"}, "address", "begins with https://"),
    "a user": ({"address": "https://u:p@example.org"}, "address", "begins with https://"),
    "a question": ({"address": "https://example.org/?a=b"}, "address", "begins with https://"),
    "a blank": ({"address": "https://example.org/a b"}, "address", "begins with https://"),
    "a second line": (
        {"address": "https://example.org\nquorum none"},
        "address",
        "begins with https://",
    ),
    "a port beyond numbers": (
        {"address": "https://example.org:99999"},
        "address",
        "begins with https://",
    ),
}


@pytest.mark.one_store
@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_a_sentence_at_its_field_and_loses_nothing(
    office: Office, what: str
) -> None:
    changed, field, sentence = BAD[what]
    office.announce()
    answer = office.browser("ada").post(STEP, GOOD | changed)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in page.text
    assert "PRIVATE+KEY+" not in answer.text
    with office.work():
        assert office.round_().witnesses == []


@pytest.mark.parametrize("same", ["name", "key"])
def test_no_witness_stands_twice(office: Office, same: str) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(STEP, GOOD)
    other = {"name": "Union", "key": new_witness("union.example.org/w").verifier_key}
    answer = ada.post(STEP, GOOD | other | {same: GOOD[same]})
    assert answer.status_code == 422
    assert f"Another witness of this round has this {same}." in Page(answer.text).text


@pytest.mark.one_store
@pytest.mark.parametrize("required", ["0", "2", "-1", "", "all"])
def test_a_number_that_cannot_be_is_told_at_its_field(office: Office, required: str) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(STEP, GOOD)
    answer = ada.post(STEP + "/required", {"required": required})
    assert answer.status_code == 422
    assert 'id="required-error"' in answer.text


def test_nobody_else_names_witnesses_and_nobody_after_the_seal(office: Office) -> None:
    office.seal()
    assert office.browser("aude").post(STEP, GOOD).status_code == 403
    ada = office.browser("ada")
    for path, data in (("", GOOD), ("/required", {"required": "1"}), ("/1/remove", {})):
        assert ada.post(STEP + path, dict(data)).status_code in (404, 409)
    with office.work():
        assert office.round_().witnesses == []


def test_a_copy_of_a_round_takes_its_witnesses_over(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(STEP, GOOD)
    ada.saved(STEP + "/required", {"required": "1"})
    ada.saved(SETUP.removesuffix("schools") + "new", {"title": "Schools", "copy_of": "schools"})
    with office.work():
        copy = office.round_("schools-2")
        assert [found.key for found in copy.witnesses] == [KEY]
        assert copy.witnesses_required == 1


def test_the_public_pages_show_who_witnesses_and_how_far_they_have_signed(
    office: Office, tmp_path: Path
) -> None:
    witness, port = new_witness("press.example.org/w"), free_port()
    office.seal(witnesses={"Press": (witness.verifier_key, f"http://127.0.0.1:{port}")})
    stranger = office.stranger()
    assert f"witness Press {witness.verifier_key}" in stranger.text(ROUND + "rules")
    log_pages(office)
    text = stranger.text(ROUND + "audit/log")
    assert "Too few of them have signed yet." in text
    assert "Press – not yet" in text

    with office.work():
        key = db.session.scalars(db.select(Poll.log_key).where(Poll.round_id == POLL)).one() or ""
    with serving(tmp_path / "state", Verifier.parse(key), witness=witness, port=port):
        signed_by_then(office)
    text = stranger.text(ROUND + "audit/log")
    assert "Enough of them have signed the first entry." in text
    assert f"— {witness.name} " in text
    note = stranger.get(ROUND + "audit/log/checkpoint").data
    assert open_note(note, [witness.verifier]).verified == (witness.verifier,)


def log_pages(office: Office) -> None:
    """The worker's round: sequence, sign, and ask."""
    with office.app.app_context():
        booth_jobs.sequence_logs()
        booth_jobs.ask_witnesses()


def signed_by_then(office: Office) -> None:
    """The worker's rounds until a witness has signed; it looks, and never waits for an answer."""
    with office.app.app_context():
        witnessing: Witnessing = office.app.extensions["witnessing"]
        with contextlib.closing(witnessing):
            witnessing.gather(POLL)


def test_a_round_without_witnesses_says_nothing_of_them(office: Office) -> None:
    office.seal()
    log_pages(office)
    assert "Witnesses" not in office.stranger().text(ROUND + "audit/log")
    assert "Witnesses" not in office.stranger().text(ROUND + "rules")


def test_a_count_without_its_witnesses_says_whom_it_waits_for_and_is_asked_for_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voting.bundle.GATHER_SECONDS", 0.5)
    witness, port = new_witness("press.example.org/w"), free_port()
    office.seal(witnesses={"Press": (witness.verifier_key, f"http://127.0.0.1:{port}")})
    office.act(ActKind.OPEN)
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        office.act(ActKind.COUNT)
        text = office.browser("ada").text(SETUP + "/conduct")
        assert "too few witnesses have signed the end of the public log" in text
        assert "These have not: Press." in text
        with office.work():
            assert office.round_().state is RoundState.CLOSED
            key = (
                db.session.scalars(db.select(Poll.log_key).where(Poll.round_id == POLL)).one() or ""
            )
        with serving(tmp_path / "state", Verifier.parse(key), witness=witness, port=port):
            office.act(ActKind.COUNT)
        with office.work():
            assert office.round_().state is RoundState.COUNTED
