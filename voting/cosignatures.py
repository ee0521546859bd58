"""What witnesses have signed of a round's log, as it is kept and as it is shown."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence.cosignature import signed_at
from tallying.evidence.notes import signature_line
from tallying.evidence.policy import Policy, Witness
from voting import polls
from voting.models import LogCheckpoint, LogCosignature, LogHead


@dataclass(frozen=True)
class Witnessed:
    """How far a witness has signed, and when; None where it has not signed yet."""

    witness: Witness
    size: int | None
    signed_at: datetime | None


def policy(session: Session, round_id: str) -> Policy | None:
    """The sealed policy of a round; None where it names no witnesses."""
    text = polls.sealed_manifest(session, round_id).policy
    return None if text is None else Policy.parse(text.encode(), "policy")


def cosigned(session: Session, checkpoint: LogCheckpoint) -> bytes:
    """A checkpoint's note with what its witnesses have signed by now."""
    lines = session.scalars(
        select(LogCosignature.line)
        .where(
            LogCosignature.round_id == checkpoint.round_id, LogCosignature.size == checkpoint.size
        )
        .order_by(LogCosignature.witness)
    )
    return bytes(checkpoint.note) + "".join(lines).encode()


def all_lines(session: Session, round_id: str) -> dict[int, str]:
    """Size of a checkpoint → its witnesses' signature lines, for each that has any."""
    found: dict[int, str] = defaultdict(str)
    rows = session.execute(
        select(LogCosignature.size, LogCosignature.line)
        .where(LogCosignature.round_id == round_id)
        .order_by(LogCosignature.size, LogCosignature.witness)
    )
    for size, line in rows:
        found[size] += line
    return dict(found)


def last_size(session: Session, round_id: str, witness: str) -> int:
    """The size that a witness signed last; 0 before the first."""
    row = _last(session, round_id, witness)
    return 0 if row is None else row.size


def progress(session: Session, round_id: str) -> list[Witnessed]:
    """Every witness of the round, in the order of the policy, and how far it has signed."""
    found = policy(session, round_id)
    shown = []
    for witness in found.witnesses if found else ():
        row = _last(session, round_id, witness.name)
        size, moment = (None, None) if row is None else (row.size, row.signed_at)
        shown.append(Witnessed(witness, size, moment))
    return shown


def witnessed_size(session: Session, round_id: str) -> int:
    """How many entries enough witnesses have signed; 0 before the first."""
    found = session.scalars(
        select(LogCosignature.size)
        .where(LogCosignature.round_id == round_id, LogCosignature.reaches_quorum)
        .order_by(LogCosignature.size.desc())
        .limit(1)
    ).one_or_none()
    return found or 0


def signers(session: Session, round_id: str, size: int) -> frozenset[str]:
    """Who has signed the checkpoint of that size."""
    return frozenset(
        session.scalars(
            select(LogCosignature.witness).where(
                LogCosignature.round_id == round_id, LogCosignature.size == size
            )
        )
    )


def first_witnessed(session: Session, round_id: str, position: int) -> LogCheckpoint | None:
    """The first checkpoint over the entry at `position` that enough witnesses have signed."""
    return session.scalars(
        select(LogCheckpoint)
        .join(
            LogCosignature,
            (LogCosignature.round_id == LogCheckpoint.round_id)
            & (LogCosignature.size == LogCheckpoint.size),
        )
        .where(LogCosignature.round_id == round_id, LogCosignature.reaches_quorum)
        .where(LogCosignature.size > position)
        .order_by(LogCosignature.size)
        .limit(1)
    ).one_or_none()


def keep(
    session: Session, round_id: str, size: int, policy: Policy, witness: Witness, signature: bytes
) -> bool:
    """Keep a verified signature of the checkpoint at `size`; False when it is there already.

    The log's head is locked, so that of two signatures at once exactly one reaches the quorum.
    """
    session.execute(select(LogHead.size).where(LogHead.round_id == round_id).with_for_update())
    before = signers(session, round_id, size)
    if witness.name in before:
        return False
    session.add(
        LogCosignature(
            round_id=round_id,
            witness=witness.name,
            size=size,
            line=signature_line(witness.key, signature),
            signed_at=datetime.fromtimestamp(signed_at(signature), UTC),
            reaches_quorum=_reaches(policy, before, witness.name),
        )
    )
    return True


def _reaches(policy: Policy, before: Iterable[str], name: str) -> bool:
    signed = frozenset(before)
    return policy.is_met(signed | {name}) and not policy.is_met(signed)


def _last(session: Session, round_id: str, witness: str) -> LogCosignature | None:
    return session.scalars(
        select(LogCosignature)
        .where(LogCosignature.round_id == round_id, LogCosignature.witness == witness)
        .order_by(LogCosignature.size.desc())
        .limit(1)
    ).one_or_none()
