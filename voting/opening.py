"""Opening the boxes of a closed round: which envelopes count, and what their ballots say.

In open rounds an envelope is opened by reading it. Those of sealed rounds were opened offline by
two bodies, and what came out of the inner layer is read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, select
from sqlalchemy.orm import Session

from tallying.election import Election
from tallying.evidence import envelopes
from tallying.evidence.canaries import Canary, take_out
from tallying.evidence.seal import INNER
from tallying.sealing.peel import stages_of
from tallying.sealing.report import Report
from tallying.sealing.seal import LAYERS
from tallying.sealing.stages import read_stage
from voting import canaries, layers, polls
from voting.errors import WrongState
from voting.models import Envelope, LayerPurpose, Voter


@dataclass(frozen=True)
class StoredEnvelope:
    """An envelope and its SHA-256."""

    ct: bytes
    content: bytes


@dataclass(frozen=True)
class OpenedBox:
    """What a box held. `pairs` are the valid and blank ballots as canonical `[choices, count]`.

    `duplicates` and `undecryptable` are envelopes that gave no ballot; `canaries` are ballots of
    the auditors, which are not among the `pairs`.
    """

    box_id: str
    counted: tuple[StoredEnvelope, ...]
    superseded: tuple[StoredEnvelope, ...]
    pairs: tuple[tuple[list[Any], int], ...]
    valid: int
    blank: int
    invalid: Counter[str]
    duplicates: int
    undecryptable: int = 0
    revoked: tuple[StoredEnvelope, ...] = ()
    canaries: int = 0


@dataclass(frozen=True)
class _Bodies:
    """The voters' plain ballots of a box, and how many envelopes gave none."""

    bodies: list[bytes]
    duplicates: int
    undecryptable: int = 0
    canaries: int = 0


def open_boxes(session: Session, round_id: str, folder: Path) -> list[OpenedBox]:
    """Every box of a round, in the order of the manifest.

    `folder` holds the stages of a sealed round. Raises `WrongState` while a layer is not opened.
    """
    manifest = polls.sealed_manifest(session, round_id)
    sealed = manifest.seal is not None
    brought = _brought(session, round_id, folder) if sealed else {}
    return [
        _open_box(session, round_id, box_id, election, brought.get(box_id) if sealed else None)
        for box_id, election in manifest.elections.items()
    ]


def _open_box(
    session: Session, round_id: str, box_id: str, election: Election, brought: _Bodies | None
) -> OpenedBox:
    stored = _envelopes(session, round_id, box_id)
    opened = brought or _read_open(stored["counted"])
    pairs, invalid = envelopes.tally_ballots(election, opened.bodies, sealed=brought is not None)
    blank = sum(count for choices, count in pairs if not choices)
    return OpenedBox(
        box_id,
        tuple(stored["counted"]),
        tuple(stored["superseded"]),
        tuple((choices, count) for choices, count in pairs),
        valid=sum(count for _, count in pairs) - blank,
        blank=blank,
        invalid=invalid,
        duplicates=opened.duplicates,
        undecryptable=opened.undecryptable,
        revoked=tuple(stored["revoked"]),
        canaries=opened.canaries,
    )


def _read_open(counted: Iterable[StoredEnvelope]) -> _Bodies:
    """Byte-identical envelopes are one; equal ballots in different envelopes are legitimate."""
    stored = list(counted)
    distinct = {item.ct: item.content for item in stored}
    bodies = [envelopes.open_envelope(content) for content in distinct.values()]
    return _Bodies(bodies, duplicates=len(stored) - len(distinct))


def _brought(session: Session, round_id: str, folder: Path) -> dict[str, _Bodies]:
    """What both layers of a sealed round gave, box by box."""
    done = layers.opened(session, round_id, LayerPurpose.COUNT)
    if set(done) != set(LAYERS):
        message = "Counting needs both layers opened."
        raise WrongState(message, polls.read(session, round_id).state)
    lost: dict[str, Counter[str]] = defaultdict(Counter)
    for row in done.values():
        for box in Report.from_bytes(bytes(row.report)).boxes:
            lost[box.box] += Counter(duplicates=box.duplicates, undecryptable=box.undecryptable)
    path = layers.stage_path(folder, round_id, LayerPurpose.COUNT, stages_of(INNER)[1])
    bodies: dict[str, list[bytes]] = defaultdict(list)
    with read_stage(path) as stage:
        for box_id, item in stage:
            bodies[box_id].append(item)
    if stage.digest != done[INNER].output_digest:
        message = "The file of opened ballots is not the one that was brought: it was changed on this server."
        raise WrongState(message, polls.read(session, round_id).state)
    opened = canaries.opened(session, round_id)
    return {
        box_id: _without_canaries(box_id, bodies[box_id], numbers, opened)
        for box_id, numbers in lost.items()
    }


def _without_canaries(
    box_id: str, bodies: list[bytes], numbers: Counter[str], opened: Sequence[Canary]
) -> _Bodies:
    taken = take_out(bodies, [canary for canary in opened if canary.box == box_id])
    return _Bodies(taken.bodies, numbers["duplicates"], numbers["undecryptable"], taken.removed)


def _envelopes(session: Session, round_id: str, box_id: str) -> dict[str, list[StoredEnvelope]]:
    """The envelopes that count, those replaced since, and the last ones of revoked voters.

    Each kind by its bytes, the order in which the outer layer takes them.
    """
    rows = session.execute(
        select(
            Envelope.ct,
            Envelope.envelope,
            (Envelope.seq == Voter.ballots).cast(Boolean).label("is_last"),
            Voter.revoked,
        )
        .join(
            Voter,
            (Voter.round_id == Envelope.round_id) & (Voter.voter_ref == Envelope.voter_ref),
        )
        .where(Envelope.round_id == round_id, Envelope.box_id == box_id)
    )
    found: dict[str, list[StoredEnvelope]] = {"counted": [], "superseded": [], "revoked": []}
    for row in rows:
        kind = "superseded" if not row.is_last else "revoked" if row.revoked else "counted"
        found[kind].append(StoredEnvelope(bytes(row.ct), bytes(row.envelope)))
    return {kind: sorted(stored, key=_content) for kind, stored in found.items()}


def _content(stored: StoredEnvelope) -> bytes:
    return stored.content
