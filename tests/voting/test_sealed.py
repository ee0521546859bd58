"""Sealed rounds: from the test of the keys to a bundle that verifies, and what is refused on the way."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tallying.evidence import canonical, notes
from tallying.evidence.bundle import Bundle
from tallying.evidence.verify import Finding, Report, Status, Verdict, verify
from tallying.sealing.announced import Announced
from tallying.sealing.peel import peel, stages_of
from tallying.sealing.seal import LAYERS, plain_ballot, seal_ballot
from tallying.sealing.stages import read_stage
from tests.stores import Store
from tests.tallying.evidence import second
from tests.voting.factories import OFFICIALS, ROUND, Vote, sealed_vote
from tests.voting.test_bundle import contents, counted
from voting import box, layers
from voting.database import transaction
from voting.errors import InvalidBallot, InvalidManifest, LayerRefused, WrongState
from voting.models import Envelope, LayerPurpose, LogEntry

VOTERS = 110


def browser_ballot(vote: Vote, box_id: str, *choices: str) -> bytes:
    """An envelope as a voter's browser seals it."""
    seal = vote.manifest.seal
    assert seal is not None
    body = plain_ballot(list(choices), secrets.token_bytes(16))
    return seal_ballot(body, size=seal.size, round_id=ROUND, box_id=box_id, keys=seal.keys)


def post_sealed(vote: Vote, voter: str, envelope: bytes) -> box.Acceptance:
    request = box.CastRequest(ROUND, voter, vote.token(voter), envelope, sealed=True)
    with transaction(vote.store.sessions) as session:
        return box.cast(session, request)


@pytest.fixture
def opened(store: Store, tmp_path: Path) -> tuple[Vote, list[str]]:
    """A sealed round that is open; 110 people on the roll of `north`."""
    vote = sealed_vote(store, tmp_path)
    north = vote.enrol(VOTERS)
    vote.enrol(12, "south")
    vote.seal()
    vote.open_layers(LayerPurpose.TEST, tmp_path)
    vote.open()
    return vote, north


def close(vote: Vote) -> None:
    vote.close()
    vote.commit_boxes()


def report_of(path: Path, **options: object) -> Report:
    with Bundle.open(path) as bundle:
        report = verify(bundle, **options)  # type: ignore[arg-type]
    return second.agree(path, report)


def finding(report: Report, check: str) -> Finding:
    return next(item for item in report.findings if item.id == check)


def test_a_sealed_round_becomes_a_bundle_that_verifies(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, north = opened
    vote.cast_all([(voter, ["a", "b"][: 1 + n % 2]) for n, voter in enumerate(north[:-2])])
    post_sealed(vote, north[-2], browser_ballot(vote, "north", "c"))
    post_sealed(vote, north[-1], browser_ballot(vote, "north"))
    vote.cast_all([(voter, ["d"]) for voter in vote.enrol(12, "south")])
    close(vote)
    vote.open_layers(LayerPurpose.COUNT, tmp_path)
    editions = counted(vote, tmp_path)
    for path in (editions.auditor, editions.public):
        report = report_of(path)
        assert [item for item in report.findings if item.status is Status.FAIL] == []
        assert report.verdict is Verdict.UNPROVEN
        for check in ("V18", "V30"):
            assert finding(report, check).status is Status.PASS
        assert "server-trust" in finding(report, "V18").detail
    line = canonical.loads(contents(editions.auditor)["reconciliation.json"])["boxes"][0]
    assert (line["valid"], line["blank"], line["undecryptable"]) == (VOTERS - 1, 1, 0)
    keys = {layer: vote.keys.layer_key(ROUND, layer) for layer in ("outer", "inner")}
    again = finding(report_of(editions.auditor, layer_keys=keys), "V19")
    assert (again.status, again.expected) == (Status.PASS, True)


def test_the_layers_of_a_small_box_tell_the_public_no_number(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, north = opened
    vote.cast_all([(voter, ["a"]) for voter in north])
    vote.cast_all([(voter, ["d"]) for voter in vote.enrol(12, "south")[:3]])
    close(vote)
    vote.open_layers(LayerPurpose.COUNT, tmp_path)
    editions = counted(vote, tmp_path)
    assert "layers/outer.json" not in contents(editions.public)
    skipped = finding(report_of(editions.public), "V18")
    assert (skipped.status, skipped.expected) == (Status.SKIP, True)
    assert finding(report_of(editions.auditor), "V18").status is Status.PASS
    with Bundle.open(editions.public) as bundle:
        sizes = {item["size"] for path, item in bundle.index.items() if "restricted" in path}
    assert sizes == {None}
    assert {tuple(sorted(entry)) for entry in vote.entries() if entry["t"] == "layer"} == {
        ("layer", "r", "report", "t")
    }


def test_envelopes_of_browser_and_server_cannot_be_told_apart(
    opened: tuple[Vote, list[str]],
) -> None:
    vote, north = opened
    post_sealed(vote, north[0], browser_ballot(vote, "north", "a", "b"))
    vote.cast(north[1])
    with vote.store.sessions() as session:
        rows = session.scalars(select(Envelope)).all()
    assert len({len(row.envelope) for row in rows}) == 1
    vote.drain()
    casts = [entry for entry in vote.entries() if entry["t"] == "cast"]
    assert len({tuple((k, len(v)) for k, v in sorted(entry.items())) for entry in casts}) == 1


def test_an_envelope_of_another_length_is_refused(opened: tuple[Vote, list[str]]) -> None:
    vote, north = opened
    for envelope in (b"", browser_ballot(vote, "north", "a") + b"x"):
        with pytest.raises(InvalidBallot, match="envelope_size"):
            post_sealed(vote, north[0], envelope)


def test_the_server_still_judges_a_ballot_that_it_seals_itself(
    opened: tuple[Vote, list[str]],
) -> None:
    vote, north = opened
    with pytest.raises(InvalidBallot, match="project d"):
        vote.cast(north[0], "d")


def test_what_does_not_open_is_counted_as_undecryptable_and_copies_as_duplicates(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, north = opened
    good = browser_ballot(vote, "north", "a")
    post_sealed(vote, north[0], good)
    post_sealed(vote, north[1], good)
    post_sealed(vote, north[2], browser_ballot(vote, "south", "a"))
    post_sealed(vote, north[3], secrets.token_bytes(len(good)))
    post_sealed(vote, north[4], browser_ballot(vote, "north", "d"))
    for voter in north[5:16]:
        post_sealed(vote, voter, browser_ballot(vote, "north", "a"))
    close(vote)
    vote.open_layers(LayerPurpose.COUNT, tmp_path)
    editions = counted(vote, tmp_path)
    line = canonical.loads(contents(editions.auditor)["reconciliation.json"])["boxes"][0]
    numbers = {name: line[name] for name in ("valid", "invalid", "undecryptable", "duplicates")}
    assert numbers == {"valid": 12, "invalid": 1, "undecryptable": 2, "duplicates": 1}
    report = report_of(editions.auditor)
    assert [item for item in report.findings if item.status is Status.FAIL] == []


def test_nothing_can_be_counted_before_both_layers_are_opened(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, north = opened
    vote.cast(north[0], "a")
    close(vote)
    with pytest.raises(WrongState, match="both layers"):
        counted(vote, tmp_path)


def test_an_amendment_keeps_the_keys_and_does_not_stop_their_test(
    store: Store, tmp_path: Path
) -> None:
    vote = sealed_vote(store, tmp_path)
    vote.enrol(1)
    vote.seal()
    bring(vote, LayerPurpose.TEST, tmp_path)
    seal = vote.manifest.seal
    assert seal is not None
    outer, inner = seal.layers
    others = (replace(outer, key=inner.key), replace(inner, key=outer.key))
    changed = replace(vote.manifest, seal=replace(seal, layers=others))
    later = replace(vote.manifest, closes=vote.manifest.closes + timedelta(hours=1))
    with transaction(store.sessions) as session:
        with pytest.raises(InvalidManifest, match="seal_changed"):
            box.amend(session, changed, {"en": "Other keys."}, OFFICIALS)
        box.amend(session, later, {"en": "An hour more."}, OFFICIALS)
    bring(vote, LayerPurpose.TEST, tmp_path)
    vote.open()


def test_a_file_of_opened_ballots_that_was_changed_on_the_server_is_not_counted(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, north = opened
    vote.cast_all([(voter, ["a"]) for voter in north])
    close(vote)
    vote.open_layers(LayerPurpose.COUNT, tmp_path)
    path = layers.stage_path(tmp_path, ROUND, LayerPurpose.COUNT, "out")
    head, *lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + lines[0] * len(lines))
    with pytest.raises(WrongState, match="not the one that was brought"):
        counted(vote, tmp_path)


def test_a_sealed_round_opens_only_when_its_keys_were_tried(store: Store, tmp_path: Path) -> None:
    vote = sealed_vote(store, tmp_path)
    vote.enrol(1)
    vote.seal()
    with pytest.raises(WrongState, match="must be tried"):
        vote.open()
    vote.open_layers(LayerPurpose.TEST, tmp_path)
    vote.open()
    vote.drain()
    types = vote.types()
    assert types.index("key.test") < types.index("open")


def test_a_round_of_two_bodies_does_not_open_while_their_keys_lie_on_the_server(
    store: Store, tmp_path: Path
) -> None:
    exercise = sealed_vote(store, tmp_path)
    seal = exercise.manifest.seal
    assert seal is not None
    vote = replace(
        exercise, manifest=replace(exercise.manifest, seal=replace(seal, server_trust=False))
    )
    vote.enrol(1)
    vote.seal()
    bring(vote, LayerPurpose.TEST, tmp_path)
    bring(vote, LayerPurpose.TEST, tmp_path)
    with pytest.raises(WrongState, match="lies on this server"):
        vote.open()


def test_the_offline_commands_accept_what_the_server_hands_out(
    opened: tuple[Vote, list[str]], tmp_path: Path
) -> None:
    vote, _ = opened
    announced = Announced.read(vote.manifest.to_bytes())
    stage = layers.stage_path(tmp_path, ROUND, LayerPurpose.TEST, "in")
    with read_stage(stage) as handed_out:
        announced.check_stage(handed_out.header)
    for layer in LAYERS:
        announced.check_key(layer, vote.keys.layer_key(ROUND, layer).public)
        for signer in vote.keys.layer_signers(ROUND, layer):
            announced.check_signer(layer, signer.verifier)


def bring(vote: Vote, purpose: LayerPurpose, folder: Path, **changes: bytes) -> None:
    """What the next body brings; `changes` spoil a part of it."""
    with transaction(vote.store.sessions) as session:
        begin = layers.begin_test if purpose is LayerPurpose.TEST else layers.write_boxes
        begin(session, ROUND, folder)
        layer = layers.awaited(session, ROUND, purpose)
    assert layer is not None
    source = layers.stage_path(folder, ROUND, purpose, stages_of(layer)[0])
    stage = folder / f"brought-{secrets.token_hex(4)}.jsonl"
    report = peel(source, stage, vote.keys.layer_key(ROUND, layer), layer)
    content = {
        "report": canonical.dumps(report.to_json()),
        "note": notes.sign(report.note_text, *vote.keys.layer_signers(ROUND, layer)),
        **changes,
    }
    if "stage" in changes:
        stage.write_bytes(content.pop("stage"))
    with transaction(vote.store.sessions) as session:
        layers.accept(session, ROUND, purpose, folder, stage=stage, **content)


def another_key_signs(vote: Vote) -> dict[str, bytes]:
    stranger = notes.Signer(notes.generate_key("stranger.example")[0])
    return {"note": notes.sign("pb.peel/1\n", stranger)}


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (lambda vote: {"report": b"{}"}, "report_unreadable"),
        (another_key_signs, "note_not_signed"),
        (lambda vote: {"stage": b""}, "stage_unreadable"),
        (lambda vote: {"stage": b"x\n"}, "stage_unreadable"),
    ],
)
def test_what_does_not_fit_a_layer_is_refused_and_nothing_is_taken(
    opened: tuple[Vote, list[str]],
    tmp_path: Path,
    spoilt: Callable[[Vote], dict[str, bytes]],
    reason: str,
) -> None:
    vote, north = opened
    vote.cast(north[0], "a")
    close(vote)
    with pytest.raises(LayerRefused) as refused:
        bring(vote, LayerPurpose.COUNT, tmp_path, **spoilt(vote))
    assert refused.value.reason == reason
    with vote.store.sessions() as session:
        assert layers.awaited(session, ROUND, LayerPurpose.COUNT) == "outer"
    bring(vote, LayerPurpose.COUNT, tmp_path)
    bring(vote, LayerPurpose.COUNT, tmp_path)
    assert counted(vote, tmp_path).auditor.exists()


def test_a_seal_with_one_key_twice_or_a_broken_one_cannot_be_sealed(
    store: Store, tmp_path: Path
) -> None:
    vote = sealed_vote(store, tmp_path)
    seal = vote.manifest.seal
    assert seal is not None
    outer, inner = seal.layers
    for layers_, code in (
        ((outer, replace(inner, key=outer.key)), "seal_keys_equal"),
        ((outer, replace(inner, key=b"short")), "seal_key_unusable:inner"),
        ((outer, replace(inner, signers=outer.signers)), "seal_signers_equal"),
        ((outer, replace(inner, signers=("x", "y"))), "seal_without_signers:inner"),
        ((inner, outer), "seal_without_two_layers"),
    ):
        changed = replace(vote, manifest=replace(vote.manifest, seal=replace(seal, layers=layers_)))
        with pytest.raises(InvalidManifest) as refused:
            changed.seal()
        assert code in refused.value.missing


def test_a_marker_in_a_ballot_is_nowhere_in_the_database_before_the_opening(
    store: Store, tmp_path: Path
) -> None:
    """Without keys even whoever holds the whole database finds no choice."""
    vote = sealed_vote(store, tmp_path)
    vote.enrol(1)
    vote.seal()
    vote.open_layers(LayerPurpose.TEST, tmp_path)
    vote.open()
    voter = vote.enrol(1)[0]
    vote.cast(voter, "a")
    vote.drain()
    with store.sessions() as session:
        stored = [bytes(row) for row in session.scalars(select(Envelope.envelope))]
        stored += [bytes(row) for row in session.scalars(select(LogEntry.entry))]
    assert all(b"choices" not in content for content in stored)
