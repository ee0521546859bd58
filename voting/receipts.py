"""Receipts: the code fixed at the commit, the signed acceptance, and the proof once sequenced.

None of them says anything of the choices, or who cast them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tallying.evidence import merkle, notes
from tallying.evidence.acceptance import (
    ALPHABET,
    CODE_BYTES,
    CODE_LENGTH,
    acceptance_text,
    receipt_code,
)
from tallying.evidence.proof import Proof
from voting import cosignatures, tiles
from voting.keys import KeyStore
from voting.models import Envelope, LogCheckpoint, LogEntry, LogQueue, ReceiptChecks, Voter

HASH_BYTES = 32
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

_OWN = (
    select(Envelope.leaf_hash, Envelope.seq, Envelope.accepted_at)
    .where(Envelope.round_id == bindparam("round"))
    .order_by(Envelope.seq.desc())
)
_OF_VOTER = _OWN.where(Envelope.voter_ref == bindparam("voter"))
_OF_ACCOUNT = _OWN.where(
    # No join: what writes keeps its plans, and one for an empty box would read the whole of a full one.
    Envelope.voter_ref
    == select(Voter.voter_ref)
    .where(Voter.round_id == bindparam("round"), Voter.account == bindparam("account"))
    .scalar_subquery()
)
_QUEUED = select(LogQueue.epoch).where(
    LogQueue.round_id == bindparam("round"),
    LogQueue.leaf_hash.between(bindparam("first"), bindparam("last")),
)


class ReceiptState(StrEnum):
    """Where the entry of a receipt is."""

    UNKNOWN = "unknown"
    QUEUED = "queued"
    LOGGED = "logged"


@dataclass(frozen=True)
class ReceiptStatus:
    """What the log says of a receipt code; `proof` is a `tlog-proof@v1` text.

    `witnesses` have signed the proof's checkpoint; `is_witnessed` is None where the round asks for
    none, and else whether they are enough.
    """

    state: ReceiptState
    code: str
    position: int | None = None
    size: int | None = None
    proof: str | None = None
    witnesses: tuple[str, ...] = ()
    is_witnessed: bool | None = None


@dataclass(frozen=True)
class OwnBallot:
    """One of a voter's ballots, for their own signed-in page only."""

    code: str
    leaf_hash: bytes
    seq: int
    accepted_at: datetime
    counts: bool


def read_code(text: str) -> bytes | None:
    """The ten bytes of a code as somebody typed it; nothing when it cannot be one."""
    digits = text.upper().translate(LOOK_ALIKES).strip()
    if len(digits) != CODE_LENGTH or any(digit not in ALPHABET for digit in digits):
        return None
    number = 0
    for digit in digits:
        number = number << 5 | ALPHABET.index(digit)
    return number.to_bytes(CODE_BYTES)


def acceptance(keys: KeyStore, round_id: str, leaf_hash: bytes) -> bytes:
    """The signed promise that a leaf will be in the log; the same bytes for the same leaf."""
    return notes.sign(acceptance_text(round_id, leaf_hash), keys.receipt_signer(round_id))


def find(session: Session, round_id: str, code: str) -> ReceiptStatus:
    """Look a code up; position and proof are there once a checkpoint covers the entry."""
    prefix = read_code(code)
    if prefix is None:
        return ReceiptStatus(ReceiptState.UNKNOWN, code)
    first, last = prefix.ljust(HASH_BYTES, b"\x00"), prefix.ljust(HASH_BYTES, b"\xff")
    written = receipt_code(prefix)
    # The queue first: an entry that is sequenced between the two looks is then found in the log.
    values = {"round": round_id, "first": first, "last": last}
    if session.connection().execute(_QUEUED, values).first() is not None:
        return ReceiptStatus(ReceiptState.QUEUED, written)
    entry = session.execute(
        select(LogEntry.position, LogEntry.entry)
        .where(LogEntry.round_id == round_id)
        .where(LogEntry.leaf_hash >= first, LogEntry.leaf_hash <= last)
    ).first()
    if entry is None:
        return ReceiptStatus(ReceiptState.UNKNOWN, written)
    return _logged(session, round_id, written, entry.position, bytes(entry.entry))


def count_check(session: Session, round_id: str) -> None:
    """Count that a receipt was checked; nothing is kept of which one, when, or by whom."""
    one_more = (
        update(ReceiptChecks)
        .where(ReceiptChecks.round_id == round_id)
        .values(checks=ReceiptChecks.checks + 1)
        .returning(ReceiptChecks.round_id)
    )
    if session.execute(one_more).one_or_none() is not None:
        return
    try:
        with session.begin_nested():
            session.add(ReceiptChecks(round_id=round_id, checks=1))
    except IntegrityError:  # somebody else was first
        session.execute(one_more)


def checks(session: Session, round_id: str) -> int:
    """How often receipts of a round were checked."""
    found = session.get(ReceiptChecks, round_id)
    return 0 if found is None else found.checks


def of_voter(session: Session, round_id: str, voter_ref: str) -> list[OwnBallot]:
    """A voter's ballots, the last first: the one that counts."""
    return _own(session, _OF_VOTER, {"round": round_id, "voter": voter_ref})


def of_account(session: Session, round_id: str, account: str) -> list[OwnBallot]:
    """As `of_voter`, for the place on the roll that an account has claimed."""
    return _own(session, _OF_ACCOUNT, {"round": round_id, "account": account})


def _own(session: Session, statement: Executable, values: Mapping[str, str]) -> list[OwnBallot]:
    rows = session.connection().execute(statement, values).all()
    return [
        OwnBallot(
            receipt_code(row.leaf_hash), bytes(row.leaf_hash), row.seq, row.accepted_at, number == 0
        )
        for number, row in enumerate(rows)
    ]


def _logged(
    session: Session, round_id: str, code: str, position: int, entry: bytes
) -> ReceiptStatus:
    """The proof against the first checkpoint that covers the entry: it never changes.

    Where witnesses are asked for, that is the first one that enough of them have signed, and until
    there is one the proof is without them.
    """
    checkpoint = cosignatures.first_witnessed(session, round_id, position)
    if checkpoint is None:
        checkpoint = _first_covering(session, round_id, position)
    if checkpoint is None:
        return ReceiptStatus(ReceiptState.QUEUED, code)
    reader = tiles.TileReader(session, round_id, checkpoint.size)
    hashes = merkle.inclusion_proof(position, checkpoint.size, reader.node)
    note = cosignatures.cosigned(session, checkpoint)
    policy = cosignatures.policy(session, round_id)
    signed = cosignatures.signers(session, round_id, checkpoint.size)
    return ReceiptStatus(
        ReceiptState.LOGGED,
        code,
        position,
        checkpoint.size,
        Proof(position, tuple(hashes), note, entry).text(),
        witnesses=tuple(sorted(signed)),
        is_witnessed=None if policy is None else policy.is_met(signed),
    )


def _first_covering(session: Session, round_id: str, position: int) -> LogCheckpoint | None:
    return session.scalars(
        select(LogCheckpoint)
        .where(LogCheckpoint.round_id == round_id, LogCheckpoint.size > position)
        .order_by(LogCheckpoint.size)
        .limit(1)
    ).one_or_none()
