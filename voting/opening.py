"""Opening the boxes of a closed round: which envelopes count, and what their ballots say.

In open rounds an envelope is opened by reading it; sealed rounds will open theirs offline and
come back with plain ballots.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Boolean, select
from sqlalchemy.orm import Session

from tallying.election import Election
from tallying.evidence import canonical, envelopes
from voting import ballots, polls
from voting.errors import InvalidBallot
from voting.models import Envelope, Voter


@dataclass(frozen=True)
class StoredEnvelope:
    """An envelope and its SHA-256."""

    ct: bytes
    content: bytes


@dataclass(frozen=True)
class OpenedBox:
    """What a box held. `pairs` are the valid and blank ballots as canonical `[choices, count]`."""

    box_id: str
    counted: tuple[StoredEnvelope, ...]
    superseded: tuple[StoredEnvelope, ...]
    pairs: tuple[tuple[ballots.Choices, int], ...]
    valid: int
    blank: int
    invalid: Counter[str]
    duplicates: int
    revoked: tuple[StoredEnvelope, ...] = ()


def open_boxes(session: Session, round_id: str) -> list[OpenedBox]:
    """Every box of a round, in the order of the manifest."""
    manifest = polls.sealed_manifest(session, round_id)
    return [
        _open_box(session, round_id, box_id, election)
        for box_id, election in manifest.elections.items()
    ]


def _open_box(session: Session, round_id: str, box_id: str, election: Election) -> OpenedBox:
    stored = _envelopes(session, round_id, box_id)
    counted = stored["counted"]
    # Byte-identical envelopes are one; equal ballots in different envelopes are legitimate.
    distinct = {item.ct: item for item in counted}
    spoken: Counter[bytes] = Counter()
    blank = 0
    invalid: Counter[str] = Counter()
    for item in distinct.values():
        try:
            choices = ballots.parse(election, envelopes.open_envelope(item.content))
        except InvalidBallot as error:
            invalid[error.reasons[0].code] += 1
            continue
        blank += not choices
        spoken[canonical.dumps(choices)] += 1
    return OpenedBox(
        box_id,
        tuple(counted),
        tuple(stored["superseded"]),
        tuple((canonical.loads(choices), count) for choices, count in sorted(spoken.items())),
        valid=spoken.total() - blank,
        blank=blank,
        invalid=invalid,
        duplicates=len(counted) - len(distinct),
        revoked=tuple(stored["revoked"]),
    )


def _envelopes(session: Session, round_id: str, box_id: str) -> dict[str, list[StoredEnvelope]]:
    """The envelopes that count, those replaced since, and the last ones of revoked voters, by `ct`."""
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
    return {kind: sorted(stored, key=_ct) for kind, stored in found.items()}


def _ct(stored: StoredEnvelope) -> bytes:
    return stored.ct
