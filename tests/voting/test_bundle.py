"""From the close to the evidence bundle that the verifier accepts."""

import csv
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tallying.evidence import canonical
from tallying.evidence.acceptance import receipt_code
from tallying.evidence.bundle import Bundle, input_digest
from tallying.evidence.count import count_bundle
from tallying.evidence.privacy import Terms as PrivacyTerms
from tallying.evidence.verify import Status, Verdict, verify
from tests.stores import Store
from tests.tallying.evidence import second
from tests.voting.factories import OFFICIALS, ROUND, Vote, vote
from voting import acceptances, box, bundle, bundle_files, receipts
from voting.bundle import Editions
from voting.database import transaction
from voting.errors import InvalidManifest, SameOfficial, WrongState
from voting.models import Envelope

VOTERS = 120


@pytest.fixture
def closed(store: Store, tmp_path: Path) -> Vote:
    """A closed round: 120 voters in `north`, one of whom voted twice, and two in `south`.

    `north` hides how many ballots it accepted, or those of `south` could be worked out.
    """
    result = vote(store, tmp_path)
    north, south = result.enrol(VOTERS), result.enrol(2, "south")
    result.seal()
    result.open()
    choices = [list("abc"[number % 3 :][:2]) if number else [] for number in range(VOTERS)]
    result.cast_all([*zip(north, choices, strict=True), *((voter, ["d"]) for voter in south)])
    result.cast(north[1], "c")
    result.close()
    result.commit_boxes()
    return result


def counted(vote: Vote, folder: Path, version: int = 1) -> Editions:
    sessions = vote.store.sessions
    path = bundle.write_input(sessions, vote.keys, ROUND, folder, version, OFFICIALS)
    with Bundle.open(path) as content:
        result = count_bundle(content, version=version)
    return bundle.write_result(sessions, vote.keys, ROUND, folder, version, result)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_whole_poll_becomes_a_bundle_that_verifies(closed: Vote, tmp_path: Path) -> None:
    editions = counted(closed, tmp_path / "bundles")
    for path in (editions.auditor, editions.public):
        with Bundle.open(path) as content:
            report = second.agree(path, verify(content))
        failed = [item for item in report.findings if item.status is Status.FAIL]
        assert not failed
        assert report.verdict is Verdict.UNPROVEN


def test_both_editions_publish_what_was_handed_in_and_tell_of_a_lost_ballot(
    closed: Vote, tmp_path: Path
) -> None:
    with closed.store.sessions() as session:
        kept = session.scalars(select(Envelope.leaf_hash).limit(1)).one()
    lost = bytes(31) + b"\1"
    with transaction(closed.store.sessions) as session:
        for leaf in (kept, lost):
            note = receipts.acceptance(closed.keys, ROUND, leaf)
            acceptances.hand_in(session, ROUND, note)
    editions = counted(closed, tmp_path)
    for path in (editions.auditor, editions.public):
        with Bundle.open(path) as content:
            report = second.agree(path, verify(content))
        [found] = [item for item in report.findings if item.status is Status.FAIL]
        assert found.id == "V29"
        assert receipt_code(lost) in found.detail
        assert receipt_code(kept) not in found.detail


def test_the_log_names_what_was_counted_and_what_came_out(closed: Vote, tmp_path: Path) -> None:
    editions = counted(closed, tmp_path)
    tally_input, tally_result = closed.entries()[-2:]
    with Bundle.open(editions.auditor) as content:
        assert tally_input["input"] == input_digest(content)
        outcome = content.read("tally/outcome.json")
    assert tally_input["by"] == list(OFFICIALS)
    assert tally_result["outcome"] == canonical.digest_of(outcome)


def test_the_reconciliation_ties(closed: Vote, tmp_path: Path) -> None:
    files = contents(counted(closed, tmp_path).auditor)
    north, south = json.loads(files["reconciliation.json"])["boxes"]
    assert (north["into_peel"], north["valid"], north["blank"], north["result"]) == (
        120,
        119,
        1,
        120,
    )
    assert (north["accepted"], north["superseded"]) == (None, None)
    assert set(south.values()) == {"south", None}


def test_a_small_box_publishes_no_ballots(closed: Vote, tmp_path: Path) -> None:
    files = contents(counted(closed, tmp_path).public)
    assert "box/north/ballots.pb" in files
    assert "box/south/ballots.pb" not in files
    assert json.loads(files["box/south/withheld.json"]) == {"reason": "fewer_than_10_ballots"}
    assert "box/south/invalid.json" not in files
    outcome = json.loads(files["tally/outcome.json"])["boxes"][1]["outcome"]
    assert outcome["funded"] == ["d"]
    assert {project["votes"] for project in outcome["projects"]} == {None}


def test_the_privacy_report_says_what_was_done_with_each_box(closed: Vote, tmp_path: Path) -> None:
    files = contents(counted(closed, tmp_path).public)
    report = json.loads(files["privacy/report.json"])
    north, south = report["boxes"]
    assert (north["done"], north["ballots"], south["done"]) == ("published", 120, "merged")
    assert report["terms"] == {"least_ballots": 100, "least_cell": 10, "most_unique_permille": 200}


def test_a_round_cannot_be_sealed_with_less_privacy_than_any_may_have(
    store: Store, tmp_path: Path
) -> None:
    round_ = vote(store, tmp_path, privacy=PrivacyTerms(least_ballots=20))
    with pytest.raises(InvalidManifest, match="privacy_too_low:least_ballots"):
        round_.seal()


def test_the_public_edition_holds_nothing_restricted(closed: Vote, tmp_path: Path) -> None:
    editions = counted(closed, tmp_path)
    public, auditor = contents(editions.public), contents(editions.auditor)
    assert public["INDEX.json"] == auditor["INDEX.json"]
    assert set(auditor) - set(public) == {name for name in auditor if "/restricted/" in name}
    assert len(set(auditor) - set(public)) == 7
    with closed.store.sessions() as session:
        refs = {envelope.voter_ref for envelope in session.query(Envelope)}
    for content in public.values():
        assert not any(ref.encode() in content for ref in refs)


def test_the_public_ballots_are_sorted_and_say_nothing_of_the_voters(
    closed: Vote, tmp_path: Path
) -> None:
    text = contents(counted(closed, tmp_path).public)["box/north/ballots.pb"].decode()
    rows = list(csv.reader(text.split("VOTES\n")[1].splitlines(), delimiter=";"))
    assert rows[0] == ["voter_id", "vote"]
    ballots = [row[1].split(",") if row[1] else [] for row in rows[1:]]
    assert ballots == sorted(ballots, key=canonical.dumps)


def test_writing_twice_gives_the_same_bytes(closed: Vote, tmp_path: Path) -> None:
    first = counted(closed, tmp_path)
    before = [first.auditor.read_bytes(), first.public.read_bytes()]
    again = counted(closed, tmp_path)
    assert [again.auditor.read_bytes(), again.public.read_bytes()] == before
    assert closed.types().count("tally.result") == 1


def test_a_second_count_stands_beside_the_first(closed: Vote, tmp_path: Path) -> None:
    first = counted(closed, tmp_path)
    with transaction(closed.store.sessions) as session:
        box.record_incident(session, ROUND, "The objection was upheld.", 1, OFFICIALS)
    second = counted(closed, tmp_path, version=2)
    assert first.auditor.exists()
    assert closed.types()[-5:] == [
        "tally.input", "tally.result", "incident", "tally.input", "tally.result",
    ]  # fmt: skip
    assert json.loads(contents(second.auditor)["tally/outcome.json"])["version"] == 2


def test_another_outcome_for_a_counted_version_is_refused(closed: Vote, tmp_path: Path) -> None:
    counted(closed, tmp_path)
    with pytest.raises(WrongState):
        bundle.write_result(
            closed.store.sessions, closed.keys, ROUND, tmp_path, 1, {"schema": "other"}
        )


def test_counting_needs_two_officials_and_committed_boxes(open_vote: Vote, tmp_path: Path) -> None:
    sessions, keys = open_vote.store.sessions, open_vote.keys
    with pytest.raises(SameOfficial):
        bundle.write_input(sessions, keys, ROUND, tmp_path, 1, ("one", "one"))
    with pytest.raises(WrongState):
        bundle.write_input(sessions, keys, ROUND, tmp_path, 1, OFFICIALS)
    assert not list(tmp_path.glob("*.zip"))


def test_a_seed_that_is_not_drawn_stops_the_count(store: Store, tmp_path: Path) -> None:
    plain = vote(store, tmp_path)
    seeded = replace(plain.manifest, rule=replace(plain.manifest.rule, ties=("seed",)))
    round_ = replace(plain, manifest=seeded)
    round_.seal()
    round_.open()
    round_.close()
    round_.commit_boxes()
    with pytest.raises(WrongState, match="seed"):
        counted(round_, tmp_path)
    with transaction(store.sessions) as session:
        box.record_seed(session, ROUND, "ab" * 32, "Dice, in public.", OFFICIALS)
    files = contents(counted(round_, tmp_path).auditor)
    assert json.loads(files["seed/seed.json"]) == {"record": "Dice, in public.", "seed": "ab" * 32}


def test_an_attestation_joins_an_edition_outside_its_index(closed: Vote, tmp_path: Path) -> None:
    editions = counted(closed, tmp_path)
    index = contents(editions.public)["INDEX.json"]
    bundle.add_attestation(editions.public, "court-of-audit", b"note")
    files: dict[str, Any] = contents(editions.public)
    assert files["attestations/court-of-audit.note"] == b"note"
    assert files["INDEX.json"] == index


@pytest.mark.parametrize("number", [0, 1, 9_999, 10_000, 10_001, 1_209_600])
def test_a_long_vote_gives_no_more_checkpoints_than_a_reader_takes(number: int) -> None:
    kept = bundle_files._thinned(range(number))
    assert len(kept) <= bundle_files.MOST_CHECKPOINTS
    assert len(kept) > min(number, 5_000) - 1
    assert list(kept)[-1:] == list(range(number))[-1:]
