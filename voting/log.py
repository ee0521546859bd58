"""The public log of a round: giving positions to what is queued, and signing what stands there.

Positions are assigned outside the casting transactions by one sequencer at a time: whoever holds
the lock of the log's head (on SQLite, the write lock). Entries are committed first and signed in
a second transaction, so that the key never signs what a crash could take back.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from secrets import SystemRandom
from typing import Any
from typing import cast as typed

from sqlalchemy import Row, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from voting import clock, database, tiles
from voting.errors import UnknownRound
from voting.keys import KeyStore
from voting.models import LogCheckpoint, LogEntry, LogHead, LogQueue

BATCH = 4096
ROWS_PER_PAGE = 5000

AnyRow = Row[*tuple[Any, ...]]

_random = SystemRandom()
_queue = typed("Table", LogQueue.__table__)
_entries = typed("Table", LogEntry.__table__)


def append_batch(session: Session, round_id: str, limit: int = BATCH) -> int:
    """Give positions to at most `limit` queued entries, gap-free; answers how many.

    What one epoch queued (the casts between two acts) is shuffled within the batch.
    """
    head = _locked_head(session, round_id)
    waiting = session.execute(
        select(_queue.c.epoch, _queue.c.leaf_hash, _queue.c.entry)
        .where(_queue.c.round_id == round_id)
        .order_by(_queue.c.epoch, _queue.c.queued_at, _queue.c.leaf_hash)
        .limit(limit)
    ).all()
    if not waiting:
        return 0
    batch = _shuffled(waiting)
    rows = [
        {
            "round_id": round_id,
            "position": head + number,
            "leaf_hash": item.leaf_hash,
            "entry": item.entry,
        }
        for number, item in enumerate(batch)
    ]
    connection = session.connection()
    connection.execute(insert(_entries), rows)
    connection.execute(
        delete(_queue).where(
            _queue.c.round_id == round_id, _queue.c.leaf_hash == bindparam("leaf")
        ),
        [{"leaf": item.leaf_hash} for item in batch],
    )
    tiles.store(session, round_id, head, [bytes(item.leaf_hash) for item in batch])
    session.execute(
        update(LogHead).where(LogHead.round_id == round_id).values(size=head + len(batch))
    )
    return len(batch)


def sign_checkpoint(session: Session, keys: KeyStore, round_id: str) -> bool:
    """Sign the log as it stands, unless that was done; raises `LogForked`."""
    size = _locked_head(session, round_id)
    last = checkpoint(session, round_id)
    if size == (0 if last is None else last.size):
        return False
    reader = tiles.TileReader(session, round_id, size)
    root = merkle.root_at(size, reader.node)
    signer = keys.log_key(round_id)
    old_size, _ = signer.last_signed()
    proof = merkle.consistency_proof(old_size, size, reader.node) if 0 < old_size <= size else []
    note = signer.sign(Checkpoint(keys.origin(round_id), size, root), proof)
    session.add(
        LogCheckpoint(
            round_id=round_id, size=size, root=root, note=note, signed_at=clock.now(session)
        )
    )
    return True


def sequence(sessions: database.Sessions, keys: KeyStore, round_id: str, limit: int = BATCH) -> int:
    """Append one batch and sign the log, in two transactions; answers how many were appended."""
    with database.transaction(sessions) as session:
        appended = append_batch(session, round_id, limit)
    with database.transaction(sessions) as session:
        sign_checkpoint(session, keys, round_id)
    return appended


def drain(sessions: database.Sessions, keys: KeyStore, round_id: str) -> int:
    """Sequence until nothing is queued; answers how many entries were appended."""
    total = 0
    while appended := sequence(sessions, keys, round_id):
        total += appended
    return total


def checkpoint(session: Session, round_id: str) -> LogCheckpoint | None:
    """The newest signed checkpoint, if any."""
    return session.scalars(
        select(LogCheckpoint)
        .where(LogCheckpoint.round_id == round_id)
        .order_by(LogCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()


def entries(session: Session, round_id: str, start: int, end: int) -> Iterator[bytes]:
    """The entries at positions [start, end), in order; reads pages of rows."""
    for first in range(start, end, ROWS_PER_PAGE):
        last = min(first + ROWS_PER_PAGE, end)
        found = session.scalars(
            select(LogEntry.entry)
            .where(LogEntry.round_id == round_id)
            .where(LogEntry.position >= first, LogEntry.position < last)
            .order_by(LogEntry.position)
        )
        yield from (bytes(entry) for entry in found)


def queued(session: Session, round_id: str) -> int:
    """How many entries wait for the sequencer."""
    return session.scalars(
        select(func.count()).select_from(LogQueue).where(LogQueue.round_id == round_id)
    ).one()


def _locked_head(session: Session, round_id: str) -> int:
    """The log's size, locked until the transaction ends; raises `UnknownRound`."""
    size = session.scalars(
        select(LogHead.size).where(LogHead.round_id == round_id).with_for_update()
    ).one_or_none()
    if size is None:
        raise UnknownRound(round_id)
    return size


def _shuffled(waiting: Sequence[AnyRow]) -> list[AnyRow]:
    batch: list[AnyRow] = []
    for _, group in groupby(waiting, key=lambda row: row.epoch):
        members = list(group)
        _random.shuffle(members)
        batch += members
    return batch
