"""The content of an evidence bundle, file by file: the same rows give the same bytes."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence import acceptance, canonical, merkle, privacy, standalone
from tallying.evidence import manifest as evidence
from tallying.evidence.opened import CANARIES
from tallying.evidence.policy import with_log
from tallying.evidence.suppression import committed_size, reconciled
from tallying.formats import pabulib
from tallying.sealing.peel import stages_of
from tallying.sealing.seal import LAYERS
from voting import (
    acceptances,
    amendments,
    canaries,
    changes,
    cosignatures,
    layers,
    log,
    revocation,
    roll,
)
from voting.errors import WrongState
from voting.manifest import Manifest, write_time
from voting.models import Envelope, LayerPurpose, LogCheckpoint, LogEntry, Poll
from voting.opening import OpenedBox, StoredEnvelope, open_boxes
from voting.reconciliation import reconcile

T = TypeVar("T")

Files = dict[str, bytes]
"""Path in the bundle → content."""

MOST_CHECKPOINTS = 10_000
"""In a bundle: a reader refuses one of more than 200,000 files."""
COUNTING_PACKAGES = ("cryptography", "numpy", "participatory-budgeting", "rfc8785")


def input_files(session: Session, poll: Poll, manifest: Manifest, folder: Path) -> Files:
    """Everything the count reads, and what shows where it comes from; without the log.

    `folder` holds the stages of a sealed round.
    """
    round_id = poll.round_id
    boxes = open_boxes(session, round_id, folder)
    lines = [box.to_json() for box in reconcile(session, round_id, boxes)]
    files = _config_files(poll, manifest) | _seed_files(poll, manifest)
    files |= _act_files(session, round_id) | _amended_files(session, round_id)
    files |= _roll_files(session, round_id)
    if manifest.seal is not None:
        least = manifest.privacy.least_cell
        hidden = any(committed_size(len(box.counted), least) is None for box in boxes)
        files |= _layer_files(session, round_id, folder, hidden=hidden)
        files |= _canary_files(session, round_id)
    for box in boxes:
        files |= _box_files(manifest, box)
    terms = manifest.privacy
    told = reconciled(lines, terms.least_cell)
    files["reconciliation.json"] = canonical.dumps({"boxes": told})
    reports = [privacy.box_report(box.box_id, manifest.style, box.pairs, terms) for box in boxes]
    files[privacy.PATH] = canonical.dumps(privacy.report(round_id, reports, terms))
    lock = (f"{name}=={version(name)}\n" for name in COUNTING_PACKAGES)
    files["software/requirements.lock"] = "".join(lock).encode()
    return files | standalone.files()


def log_files(session: Session, round_id: str, folder: str = "log") -> Files:
    """A log as its newest checkpoint covers it, and the checkpoints signed on the way.

    Checkpoints carry the cosignatures of witnesses. Of a long vote, which has one each second, every
    n-th is taken, from the newest back.
    """
    witnessed = cosignatures.all_lines(session, round_id)
    checkpoints = session.execute(
        select(LogCheckpoint.size, LogCheckpoint.note)
        .where(LogCheckpoint.round_id == round_id)
        .order_by(LogCheckpoint.size)
    ).all()
    checkpoints = _thinned(checkpoints)
    files = {
        f"{folder}/history/{row.size:010d}.checkpoint": bytes(row.note)
        + witnessed.get(row.size, "").encode()
        for row in checkpoints
    }
    newest = checkpoints[-1].size
    files[f"{folder}/checkpoint"] = files[f"{folder}/history/{newest:010d}.checkpoint"]
    files[f"{folder}/entries.jsonl"] = _lines(log.entries(session, round_id, 0, newest))
    return files


def acceptance_files(session: Session, round_id: str) -> Files:
    """The acceptances that were handed in up to now; nothing where none was."""
    lines = [item.line() for item in acceptances.handed_in(session, round_id)]
    return {acceptance.PATH: _lines(lines)} if lines else {}


def _thinned(checkpoints: Sequence[T]) -> Sequence[T]:
    """At most `MOST_CHECKPOINTS` of them, evenly, the last one always."""
    step = max(1, -(-len(checkpoints) // MOST_CHECKPOINTS))
    return checkpoints[::-1][::step][::-1]


def _config_files(poll: Poll, manifest: Manifest) -> Files:
    files = {
        "config/round.json": bytes(poll.manifest or b""),
        "config/policy.txt": with_log(poll.log_key or "", manifest.policy),
        "config/keys/receipt.txt": f"{poll.receipt_key}\n".encode(),
    }
    if manifest.lots is not None:
        lots = {"order": list(manifest.lots), "record": manifest.lots_record or ""}
        files["config/lots.json"] = canonical.dumps(lots)
    return files


def _act_files(session: Session, round_id: str) -> Files:
    """What changed the close or the projects during the vote; nothing where nothing did."""
    acts = changes.during_the_vote(session, round_id)
    return {evidence.ACTS: canonical.dumps({"acts": acts})} if acts else {}


def _amended_files(session: Session, round_id: str) -> Files:
    """The sealed manifests that amendments replaced before voting opened."""
    return {
        f"{evidence.AMENDED}{item.number}.json": item.manifest
        for item in amendments.history(session, round_id)
    }


def _seed_files(poll: Poll, manifest: Manifest) -> Files:
    if poll.seed is not None:
        content = {"record": poll.seed_record, "seed": poll.seed}
        return {"seed/seed.json": canonical.dumps(content)}
    if "seed" in manifest.rule.ties:
        message = "The seed that breaks ties has not been drawn yet."
        raise WrongState(message, poll.state)
    return {}


def _roll_files(session: Session, round_id: str) -> Files:
    people = roll.roll_lines(session, round_id)
    root = merkle.root([merkle.leaf_hash(line) for line in people])
    files = {
        "roll/root.json": canonical.dumps({"root": canonical.b64u(root), "size": len(people)}),
        "roll/restricted/roll.jsonl": _lines(people),
        "roll/restricted/openings.jsonl": _lines(_openings(session, round_id)),
    }
    if revoked := list(revocation.openings(session, round_id)):
        files["roll/restricted/revocations.jsonl"] = _lines(map(canonical.dumps, revoked))
    return files


def _layer_files(session: Session, round_id: str, folder: Path, *, hidden: bool) -> Files:
    """The reports of both layers and of their test, and for auditors what the layers gave.

    Where a box hides how many ballots it has, the reports are for auditors too.
    """
    files: Files = {}
    for name, row in layers.opened(session, round_id, LayerPurpose.TEST).items():
        files[f"layers/test/{name}.json"] = bytes(row.report)
        files[f"layers/test/{name}.note"] = bytes(row.note)
    for name, row in layers.opened(session, round_id, LayerPurpose.COUNT).items():
        place = "layers/restricted" if hidden else "layers"
        files[f"{place}/{name}.json"] = bytes(row.report)
        files[f"layers/{name}.note"] = bytes(row.note)
    for layer in LAYERS:
        stage = stages_of(layer)[1]
        path = layers.stage_path(folder, round_id, LayerPurpose.COUNT, stage)
        files[f"layers/restricted/{stage}.jsonl"] = path.read_bytes()
    return files


def _canary_files(session: Session, round_id: str) -> Files:
    """The auditors' test ballots, opened; raises `WrongState` while one of them is not."""
    canaries.require_opened(session, round_id)
    opened_ = canaries.openings(session, round_id)
    return {CANARIES: canonical.dumps({"canaries": opened_})} if opened_ else {}


def _openings(session: Session, round_id: str) -> Iterator[bytes]:
    """What each `cast` entry commits to, in the order of the log."""
    rows = session.execute(
        select(Envelope, LogEntry.position)
        .join(
            LogEntry,
            (LogEntry.round_id == Envelope.round_id) & (LogEntry.leaf_hash == Envelope.leaf_hash),
        )
        .where(Envelope.round_id == round_id)
        .order_by(LogEntry.position)
    )
    for envelope, position in rows:
        yield canonical.dumps(
            {
                "at": write_time(envelope.accepted_at),
                "box": envelope.box_id,
                "channel": envelope.channel.value,
                "position": position,
                "salt": canonical.b64u(envelope.salt),
                "seq": envelope.seq,
                "voter_ref": envelope.voter_ref,
            }
        )


def _box_files(manifest: Manifest, box: OpenedBox) -> Files:
    folder = f"box/{box.box_id}"
    files = {
        f"{folder}/restricted/counted.jsonl": _envelope_lines(box.counted),
        f"{folder}/restricted/superseded.jsonl": _envelope_lines(box.superseded),
    }
    if box.revoked:
        files[f"{folder}/restricted/revoked.jsonl"] = _envelope_lines(box.revoked)
    public = privacy.publication(manifest.style, box.pairs, manifest.privacy)
    if public.done is not privacy.Done.MERGED:
        invalid: list[dict[str, Any]] = [
            {"count": count, "reason": reason} for reason, count in sorted(box.invalid.items())
        ]
        files[f"{folder}/invalid.json"] = canonical.dumps(invalid)
    if public.done is privacy.Done.PUBLISHED:
        pairs = [canonical.dumps([choices, count]) for choices, count in box.pairs]
        files[f"{folder}/restricted/ballots.jsonl"] = _lines(pairs)
        return {**files, f"{folder}/ballots.pb": _pabulib(manifest, box.box_id, box.pairs)}
    # No list of the ballots either: the index publishes the hash of every file, and the hash of
    # a handful of ballots would tell them. Auditors read the envelopes, which are salted.
    files[f"{folder}/withheld.json"] = canonical.dumps({"reason": public.reason})
    if public.done is privacy.Done.TRUNCATED:
        short = _pabulib(manifest, box.box_id, public.pairs, truncated=True)
        files[f"{folder}/{privacy.TRUNCATED_FILE}"] = short
    return files


def _pabulib(
    manifest: Manifest, box_id: str, pairs: privacy.Pairs, *, truncated: bool = False
) -> bytes:
    meta = {"description": f"{manifest.round}, {box_id}", "unit": manifest.parliament}
    election = manifest.elections[box_id]
    if truncated:
        election = privacy.truncated_election(election)
        meta["comment"] = privacy.TRUNCATED_REMARK
    return pabulib.write(election, pairs, meta)


def _envelope_lines(stored: Iterable[StoredEnvelope]) -> bytes:
    return _lines(
        canonical.dumps({"ct": canonical.b64u(item.ct), "envelope": canonical.b64u(item.content)})
        for item in stored
    )


def _lines(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)
