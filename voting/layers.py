"""The layers of a sealed round: what is handed to each body, and what comes back signed.

Each body opens its layer offline (`tallying peel`). What a layer takes and gives are stages, files
in the folder of the evidence; the database keeps the reports, the signed notes and the digests.
Before the vote three test ballots go the same way.
"""

import hashlib
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallying import durable
from tallying.errors import InvalidStage
from tallying.evidence import canonical
from tallying.evidence.notes import InvalidNote, Verifier, open_note
from tallying.evidence.seal import INNER, OUTER, TEST_BOX, Seal
from tallying.sealing.peel import stages_of
from tallying.sealing.report import InvalidReport, Report
from tallying.sealing.seal import LAYERS, NONCE_BYTES, plain_ballot, seal_ballot
from tallying.sealing.stages import Header, Item, read_stage, stage_lines, write_stage
from voting import clock, polls, queue
from voting.counted import of_counted
from voting.errors import LayerRefused, WrongState
from voting.keys import KeyStore
from voting.models import (
    Box,
    CanaryBallot,
    Envelope,
    LayerPurpose,
    OpenedLayer,
    Poll,
    PollState,
    Voter,
    VoterKind,
)

TEST_BALLOTS = 3


def seal_of(session: Session, round_id: str) -> Seal:
    """The seal of a sealed round; raises `WrongState` for an open one."""
    seal = polls.sealed_manifest(session, round_id).seal
    if seal is None:
        message = "The ballots of this round are not sealed."
        raise WrongState(message, polls.read(session, round_id).state)
    return seal


def stage_path(folder: Path, round_id: str, purpose: LayerPurpose, stage: str) -> Path:
    """Where a stage stands in the folder of the evidence."""
    return folder / f"{round_id.replace('/', '_')}-{purpose}-{stage}.jsonl"


def begin_test(session: Session, round_id: str, folder: Path) -> Path:
    """Seal three test ballots, once; answers the stage that the outer body is to open."""
    poll = polls.lock(session, round_id)
    seal = seal_of(session, round_id)
    path = stage_path(folder, round_id, LayerPurpose.TEST, "in")
    if poll.key_test is None or not path.exists():
        polls.expect(poll, PollState.SEALED, "The keys are tried before voting opens.")
        if opened(session, round_id, LayerPurpose.TEST):
            message = "A test of the keys is under way, and its file is missing."
            raise WrongState(message, poll.state)
        poll.key_test = _write_test(poll, seal, round_id, path)
    return path


def _write_test(poll: Poll, seal: Seal, round_id: str, path: Path) -> str:
    """Write the test's first stage; answers the digest of the last one, if both keys are right."""
    plain = [plain_ballot([], secrets.token_bytes(NONCE_BYTES)) for _ in range(TEST_BALLOTS)]
    envelopes = [
        seal_ballot(body, size=seal.size, round_id=round_id, box_id=TEST_BOX, keys=seal.keys)
        for body in plain
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    write_stage(path, _header(poll, "in", {TEST_BOX: TEST_BALLOTS}), _items(envelopes))
    lines = stage_lines(_header(poll, "out", {TEST_BOX: TEST_BALLOTS}), _items(plain))
    return canonical.b64u(hashlib.sha256(b"".join(lines)).digest())


def _items(contents: Iterable[bytes]) -> list[Item]:
    return [(TEST_BOX, content) for content in sorted(contents)]


def _header(poll: Poll, stage: str, boxes: dict[str, int]) -> Header:
    return Header(poll.round_id, poll.manifest_digest or "", stage, boxes)


def write_boxes(session: Session, round_id: str, folder: Path) -> Path:
    """The counted envelopes of every box, for the outer body; the same bytes at every call."""
    poll = polls.read(session, round_id)
    polls.expect(poll, PollState.COMMITTED, "The layers are opened after the boxes are committed.")
    seal_of(session, round_id)
    path = stage_path(folder, round_id, LayerPurpose.COUNT, "in")
    if not path.exists():
        _require_commitments(session, poll)
        path.parent.mkdir(parents=True, exist_ok=True)
        sizes = {
            box_id: size or 0
            for box_id, size in session.execute(
                select(Box.box_id, Box.counted_size).where(Box.round_id == round_id)
            )
        }
        boxes = sorted(sizes, key=str.encode)
        items = ((box, content) for box in boxes for content in _counted(session, round_id, box))
        # Others may write it at the same moment; a crash leaves nothing under the name itself.
        draft = path.with_suffix(f".{secrets.token_hex(8)}.draft")
        write_stage(draft, _header(poll, "in", sizes), items)
        durable.settle(draft, path)
    return path


def _require_commitments(session: Session, poll: Poll) -> None:
    """Raise `WrongState` while canaries were cast that nobody committed to: they would be counted."""
    of_round = Voter.round_id == poll.round_id, Voter.kind == VoterKind.CANARY, Voter.ballots > 0
    cast = session.scalar(select(func.count()).select_from(Voter).where(*of_round))
    committed = session.scalar(
        select(func.count()).select_from(CanaryBallot).where(CanaryBallot.round_id == poll.round_id)
    )
    if (cast or 0) > (committed or 0):
        message = "Canaries were cast whose commitments the auditors have not handed in."
        raise WrongState(message, poll.state)


def _counted(session: Session, round_id: str, box_id: str) -> list[bytes]:
    rows = session.scalars(of_counted(Envelope.envelope, round_id, box_id))
    return sorted(bytes(envelope) for envelope in rows)


def opened(session: Session, round_id: str, purpose: LayerPurpose) -> dict[str, OpenedLayer]:
    """The layers opened so far, by name."""
    rows = session.scalars(
        select(OpenedLayer).where(OpenedLayer.round_id == round_id, OpenedLayer.purpose == purpose)
    )
    return {row.layer: row for row in rows}


def awaited(session: Session, round_id: str, purpose: LayerPurpose) -> str | None:
    """The layer that is to be opened next; None when both are."""
    done = opened(session, round_id, purpose)
    return next((layer for layer in LAYERS if layer not in done), None)


def accept(
    session: Session,
    round_id: str,
    purpose: LayerPurpose,
    folder: Path,
    *,
    stage: Path,
    report: bytes,
    note: bytes,
) -> OpenedLayer:
    """Take what a body brings of its layer: the stage, the report, the note of two machines.

    Raises `LayerRefused` with what does not fit; then nothing is taken. The inner layer of the
    key test is refused unless the test ballots come out as they were sealed.
    """
    poll = polls.lock(session, round_id)
    wanted = PollState.SEALED if purpose is LayerPurpose.TEST else PollState.COMMITTED
    polls.expect(poll, wanted, "This is not the time to open a layer.")
    seal = seal_of(session, round_id)
    layer = awaited(session, round_id, purpose)
    if report in (bytes(row.report) for row in opened(session, round_id, purpose).values()):
        raise LayerRefused("already_taken")
    if layer is None:
        raise LayerRefused("both_opened")
    told = _told(report, note, seal, round_id, layer)
    _fits(session, poll, purpose, told, layer, folder, stage)
    _keep(stage, stage_path(folder, round_id, purpose, stages_of(layer)[1]))
    row = OpenedLayer(
        round_id=round_id,
        purpose=purpose,
        layer=layer,
        input_digest=told.input,
        output_digest=told.output,
        report=report,
        note=note,
        opened_at=clock.now(session),
    )
    session.add(row)
    session.flush()
    _log(session, poll, purpose, layer, told)
    return row


def _keep(stage: Path, target: Path) -> None:
    """Durably, whole or not at all, before the database says that the layer is opened."""
    draft = target.with_name(target.name + ".new")
    shutil.copyfile(stage, draft)
    durable.settle(draft, target)


def _told(report: bytes, note: bytes, seal: Seal, round_id: str, layer: str) -> Report:
    """The report, made with the right key and signed by both machines of the layer."""
    try:
        told = Report.from_bytes(report)
    except InvalidReport as error:
        raise LayerRefused("report_unreadable") from error
    if (told.round_id, told.layer) != (round_id, layer):
        raise LayerRefused("report_of_another_layer")
    if told.key != canonical.b64u(seal.layer(layer).key):
        raise LayerRefused("other_key")
    signers = [Verifier.parse(text) for text in seal.layer(layer).signers]
    try:
        signed = open_note(note, signers)
    except InvalidNote as error:
        raise LayerRefused("note_not_signed") from error
    if signed.text != told.note_text:
        raise LayerRefused("note_of_another_report")
    if set(signed.verified) != set(signers):
        raise LayerRefused("one_signature")
    return told


def _fits(
    session: Session,
    poll: Poll,
    purpose: LayerPurpose,
    told: Report,
    layer: str,
    folder: Path,
    stage: Path,
) -> None:
    """The report is about the stage that was handed out and the one that came back."""
    if told.input != _expected_input(session, poll, purpose, layer, folder):
        raise LayerRefused("other_input")
    expected = Header(
        poll.round_id,
        _first_manifest(folder, poll, purpose),
        stages_of(layer)[1],
        {box.box: box.output for box in told.boxes},
    )
    try:
        with read_stage(stage) as brought:
            for _ in brought:
                pass
    except InvalidStage as error:
        raise LayerRefused("stage_unreadable") from error
    if brought.digest != told.output or brought.header != expected:
        raise LayerRefused("other_output")
    if purpose is LayerPurpose.TEST and layer == INNER and told.output != poll.key_test:
        raise LayerRefused("test_failed")


def _first_manifest(folder: Path, poll: Poll, purpose: LayerPurpose) -> str:
    """The manifest's digest that was handed out: an amendment may have come since."""
    try:
        with read_stage(stage_path(folder, poll.round_id, purpose, "in")) as first:
            return first.header.manifest
    except FileNotFoundError as error:
        raise LayerRefused("other_input") from error


def _expected_input(
    session: Session, poll: Poll, purpose: LayerPurpose, layer: str, folder: Path
) -> str:
    if layer == INNER:
        return opened(session, poll.round_id, purpose)[OUTER].output_digest
    source = stage_path(folder, poll.round_id, purpose, stages_of(layer)[0])
    if not source.exists():
        return ""
    with source.open("rb") as file:
        return canonical.b64u(hashlib.file_digest(file, "sha256").digest())


def _log(session: Session, poll: Poll, purpose: LayerPurpose, layer: str, told: Report) -> None:
    """Each layer of the boxes is logged at once, the key test when it is done."""
    moment = clock.now(session)
    if purpose is LayerPurpose.COUNT:
        # Not the stages' digests: with them whoever tries out small numbers finds the report's.
        entry: Mapping[str, Any] = {"t": "layer", "layer": layer, "report": told.digest}
        queue.put_act(session, poll, moment, entry)
    elif layer == INNER:
        outer = opened(session, poll.round_id, purpose)[OUTER]
        entry = {
            "t": "key.test",
            "expected": poll.key_test,
            "outer": canonical.digest_of(outer.report),
            "inner": told.digest,
        }
        queue.put_act(session, poll, moment, entry)


def require_ready(session: Session, keys: KeyStore, poll: Poll) -> None:
    """Raise `WrongState` unless the keys of a sealed round were tried, and are kept elsewhere."""
    seal = polls.sealed_manifest(session, poll.round_id).seal
    if seal is None:
        return
    if awaited(session, poll.round_id, LayerPurpose.TEST) is not None:
        message = "The keys of both bodies must be tried before voting opens."
        raise WrongState(message, poll.state)
    if not seal.server_trust and keys.holds_layer_keys(poll.round_id):
        message = "A private key of a layer lies on this server: remove it before voting opens."
        raise WrongState(message, poll.state)
