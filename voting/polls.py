"""Finding and locking a round's row, and reading its sealed manifest.

Casts share the row, acts take it alone. PostgreSQL lets new sharers overtake who waits for a row
alone, for as long as they overlap: under load an act would wait for minutes. A shared advisory
lock in front, which PostgreSQL hands out in the order of asking, keeps the queue fair.
"""

from hashlib import sha256

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session

from voting.errors import UnknownRound, WrongState
from voting.keys import KeyStore
from voting.manifest import Manifest
from voting.models import Poll, PollState

MANIFESTS_KEPT = 64

_manifests: dict[str, Manifest] = {}


def prepare(session: Session, keys: KeyStore, round_id: str) -> Poll:
    """The round's row, locked for its acts; a draft with fresh keys where there was none."""
    poll = _find_locked(session, round_id)
    if poll is None:
        keys.create(round_id)
        poll = Poll(round_id=round_id, state=PollState.DRAFT, epoch=0)
        session.add(poll)
        session.flush()
    return poll


def lock(session: Session, round_id: str) -> Poll:
    """The round's row, locked against every cast and act until the transaction ends."""
    poll = _find_locked(session, round_id)
    if poll is None:
        raise UnknownRound(round_id)
    return poll


def read(session: Session, round_id: str) -> Poll:
    """The round's row, not locked; raises `UnknownRound`."""
    poll = session.get(Poll, round_id)
    if poll is None:
        raise UnknownRound(round_id)
    return poll


def expect(poll: Poll, state: PollState, message: str) -> None:
    """Raise `WrongState` with `message` unless the round is in `state`."""
    if poll.state is not state:
        raise WrongState(message, poll.state)


def sealed_manifest(session: Session, round_id: str) -> Manifest:
    """The round's manifest; raises `UnknownRound`, or `WrongState` when none is sealed."""
    row = session.execute(
        select(Poll.manifest_digest).where(Poll.round_id == round_id)
    ).one_or_none()
    if row is None:
        raise UnknownRound(round_id)
    return manifest_named(session, round_id, row[0])


def manifest_of(session: Session, poll: Poll) -> Manifest:
    """The manifest of a round whose row was read; raises `WrongState` when none is sealed."""
    return manifest_named(session, poll.round_id, poll.manifest_digest)


def manifest_named(session: Session, round_id: str, digest: str | None) -> Manifest:
    """The round's manifest, whose digest the caller has read in this transaction.

    Raises `WrongState` when none is sealed.
    """
    if digest is None:
        message = "The manifest of this round is not sealed yet."
        raise WrongState(message, PollState.DRAFT)
    kept = _manifests.get(digest)  # named by its content, so never out of date
    if kept is None:
        content = session.scalars(select(Poll.manifest).where(Poll.round_id == round_id)).one()
        kept = Manifest.from_bytes(content or b"")
        if len(_manifests) >= MANIFESTS_KEPT:
            _manifests.clear()
        _manifests[digest] = kept
    return kept


def _find_locked(session: Session, round_id: str) -> Poll | None:
    queue_up(session, round_id, alone=True)
    return session.scalars(
        select(Poll)
        .where(Poll.round_id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def queue_up(session: Session, round_id: str, *, alone: bool) -> None:
    """Wait for one's turn on PostgreSQL; on SQLite the transaction holds the write lock."""
    if session.get_bind().dialect.name != "postgresql":
        return
    key = int.from_bytes(sha256(round_id.encode()).digest()[:8], signed=True)
    session.connection().execute(_TURNS[alone], {"key": key})


_TURNS = {
    alone: select(take(bindparam("key", type_=BigInteger)))
    for alone, take in (
        (True, func.pg_advisory_xact_lock),
        (False, func.pg_advisory_xact_lock_shared),
    )
}
