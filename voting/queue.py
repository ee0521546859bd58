"""What is promised to the log: entries wait here until the sequencer gives them a position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tallying.evidence import canonical, merkle
from voting.models import LogQueue, Poll

MAX_ENTRY_BYTES = 65_535


@dataclass(frozen=True)
class Pending:
    """A canonical entry and its leaf hash."""

    entry: bytes
    leaf_hash: bytes


def pending(value: Mapping[str, Any]) -> Pending:
    """The entry of a log as bytes; raises `ValueError` above 65,535 bytes."""
    entry = canonical.dumps(dict(value))
    if len(entry) > MAX_ENTRY_BYTES:
        message = f"A log entry of {len(entry)} bytes is above {MAX_ENTRY_BYTES}."
        raise ValueError(message)
    return Pending(entry, merkle.leaf_hash(entry))


def put(
    session: Session, round_id: str, epoch: int, moment: datetime, entries: Sequence[Pending]
) -> None:
    """Queue entries in the caller's transaction."""
    if not entries:
        return
    second = moment.replace(microsecond=0)
    rows = [
        {
            "round_id": round_id,
            "epoch": epoch,
            "queued_at": second,
            "leaf_hash": item.leaf_hash,
            "entry": item.entry,
        }
        for item in entries
    ]
    session.connection().execute(insert(LogQueue.__table__), rows)  # type: ignore[arg-type]


def put_act(session: Session, poll: Poll, moment: datetime, value: Mapping[str, Any]) -> bytes:
    """Queue one official act; `poll` is locked by the caller. Answers the entry as it is logged.

    The act has an epoch of its own: whatever was queued before it is sequenced before it, and
    whatever is queued after it later, in the order of the transactions and not of clocks.
    """
    act = pending({"r": poll.round_id, **value})
    put(session, poll.round_id, poll.epoch + 1, moment, [act])
    poll.epoch += 2
    return act.entry
