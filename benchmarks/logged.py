"""How long an answered ballot waits for the public log."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallying.evidence.acceptance import receipt_code
from voting import log
from voting.models import LogCheckpoint, LogEntry

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Cast:
    """One ballot: seconds from click to receipt, and the host's time when the receipt was there."""

    code: str
    seconds: float
    received: float


def waits(session: Session, round_id: str, casts: Sequence[Cast]) -> list[float]:
    """Seconds from each receipt until a signed checkpoint covers its entry; 0 when it did before.

    Raises `RuntimeError` when some are in no checkpoint after a minute.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        signed = _signed(session, round_id)
        if not log.queued(session, round_id) and all(cast.code in signed for cast in casts):
            return [max(0.0, signed[cast.code] - cast.received) for cast in casts]
        session.rollback()  # the next look sees what has happened since
        time.sleep(0.2)
    message = "The log did not catch up."
    raise RuntimeError(message)


def _signed(session: Session, round_id: str) -> dict[str, float]:
    """When the first checkpoint over each entry was signed, as the host's clock has it."""
    rows = session.execute(
        select(LogEntry.leaf_hash, func.min(LogCheckpoint.signed_at))
        .join(
            LogCheckpoint,
            (LogCheckpoint.round_id == LogEntry.round_id)
            & (LogCheckpoint.size > LogEntry.position),
        )
        .where(LogEntry.round_id == round_id)
        .group_by(LogEntry.leaf_hash)
    )
    return {receipt_code(bytes(leaf)): moment.timestamp() for leaf, moment in rows}
