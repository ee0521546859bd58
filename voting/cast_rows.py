"""The rows that casts read and write, in as few statements as each database allows.

On PostgreSQL a ballot is found with one statement and recorded with one: every further one is a
way there and back while its voter waits and its locks are held.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar
from typing import cast as typed

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from voting import clock, polls
from voting.models import CastToken, Envelope, LogQueue, Poll, PollState, Voter

ROWS_PER_QUERY = 1000

T = TypeVar("T")

_polls = typed("Table", Poll.__table__)
_voters = typed("Table", Voter.__table__)
_tokens = typed("Table", CastToken.__table__)
_envelopes = typed("Table", Envelope.__table__)
_queue = typed("Table", LogQueue.__table__)


@dataclass(frozen=True)
class SharedPoll:
    """What a cast reads of the round's row."""

    state: PollState
    epoch: int
    opens: datetime | None
    closes: datetime | None
    manifest_digest: str | None


@dataclass
class VoterRow:
    """A place on the roll; `ballots` counts those that are cast meanwhile."""

    voter_ref: str
    date_of_birth: date | None
    ballots: int
    revoked: bool


@dataclass
class TokenRow:
    """A token as it was issued; with MAC and leaf hash once it was used."""

    token_hash: bytes
    voter_ref: str
    box_id: str
    body_mac: bytes | None
    leaf_hash: bytes | None


@dataclass(frozen=True)
class Found:
    """What is known once every lock is held, and the moment, read after the locks.

    Without a poll no token was good.
    """

    poll: SharedPoll | None
    moment: datetime
    voters: Mapping[str, VoterRow]
    tokens: Mapping[bytes, TokenRow]


@dataclass(frozen=True)
class NewBallot:
    """An accepted ballot with the token that brought it and its entry of the log.

    `accepted_at` in whole seconds.
    """

    round_id: str
    voter_ref: str
    seq: int
    box_id: str
    channel: str
    accepted_at: datetime
    salt: bytes
    ct: bytes
    envelope: bytes
    leaf_hash: bytes
    entry: bytes
    epoch: int
    token_hash: bytes
    body_mac: bytes


def find(session: Session, round_id: str, wanted: Mapping[bytes, str]) -> Found:
    """Lock and read what casts need; `wanted` has for each token's hash the voter who sent it.

    The locks, in this order: the round, shared; then voters with their tokens, in the order of the
    voters' references. Raises `UnknownRound`.
    """
    polls.queue_up(session, round_id, alone=False)
    connection = session.connection()
    finding = _FINDING[connection.dialect.name]
    rows: list[Row[Any]] = []
    for hashes in chunks(sorted(wanted, key=wanted.__getitem__)):
        refs = [wanted[item] for item in hashes]
        one = len(hashes) == 1
        values: dict[str, Any] = {"round": round_id}
        values |= {"hash": hashes[0], "ref": refs[0]} if one else {"hashes": hashes, "refs": refs}
        rows += connection.execute(finding[one], values).all()
    if not rows:
        polls.read(session, round_id)
        return Found(None, clock.now(session), {}, {})
    voters = (VoterRow(*row[_OF_VOTER]) for row in rows)
    tokens = (TokenRow(*row[_OF_TOKEN]) for row in rows)
    return Found(
        SharedPoll(*rows[0][_OF_POLL]),
        _moment(session, rows[-1].read_at),
        {voter.voter_ref: voter for voter in voters},
        {bytes(token.token_hash): token for token in tokens},
    )


def record(session: Session, ballots: Sequence[NewBallot]) -> None:
    """Write accepted ballots, use up their tokens, and promise their entries to the log."""
    connection = session.connection()
    values = [{_NEW + name: value for name, value in vars(ballot).items()} for ballot in ballots]
    one = len(values) == 1  # a list is prepared for many, which takes longer
    at_once = one and connection.dialect.name == "postgresql"
    for statement in [_RECORD_AT_ONCE] if at_once else _RECORDING:
        connection.execute(statement, values[0] if one else values)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most `ROWS_PER_QUERY` at a time."""
    for start in range(0, len(items), ROWS_PER_QUERY):
        yield items[start : start + ROWS_PER_QUERY]


def _moment(session: Session, read_at: datetime | None) -> datetime:
    """The time of these casts; on SQLite a host's clock that stepped back is not believed."""
    if session.get_bind().dialect.name == "postgresql":
        return clock.now(session, read_at)
    moment = clock.now(session)
    return moment if read_at is None else max(moment, read_at)


def _columns(table: Table, row: type) -> list[Column[Any]]:
    return [table.c[field.name] for field in fields(row)]


def _finding(read_at: ColumnElement[Any], *wanted: ColumnElement[bool]) -> Select[Any]:
    """Rows of poll, voter and wanted token, each locked, with what is read after the locks.

    PostgreSQL works a query's columns out before it locks the rows, so `read_at` stands outside.
    """
    parts = [(_polls, SharedPoll), (_voters, VoterRow), (_tokens, TokenRow)]
    locked = (
        select(*(c.label(f"{c.table.name}_{c.name}") for part in parts for c in _columns(*part)))
        .select_from(_tokens)
        .join(
            _voters,
            and_(
                _voters.c.round_id == _tokens.c.round_id,
                _voters.c.voter_ref == _tokens.c.voter_ref,
            ),
        )
        .join(_polls, _polls.c.round_id == _tokens.c.round_id)
        .where(_tokens.c.round_id == bindparam("round"), *wanted)
        .order_by(_voters.c.voter_ref)
        .with_for_update(of=[_voters, _tokens])
        .suffix_with(text("FOR SHARE OF poll"), dialect="postgresql")
        .subquery("locked")
    )
    return select(locked, read_at.label("read_at"))


_READ_AT = {
    "postgresql": func.clock_timestamp(),
    "sqlite": select(func.max(_envelopes.c.accepted_at))
    .where(_envelopes.c.round_id == bindparam("round"))
    .scalar_subquery(),
}
_ONE = (_tokens.c.token_hash == bindparam("hash"), _tokens.c.voter_ref == bindparam("ref"))
_MANY = (
    _tokens.c.token_hash.in_(bindparam("hashes", expanding=True)),
    _tokens.c.voter_ref.in_(bindparam("refs", expanding=True)),
)
_FINDING = {
    name: {True: _finding(read_at, *_ONE), False: _finding(read_at, *_MANY)}
    for name, read_at in _READ_AT.items()
}
"""By the database, and whether one token is looked for: lists are spelled out at each call."""
_OF_POLL = slice(0, len(fields(SharedPoll)))
_OF_VOTER = slice(_OF_POLL.stop, _OF_POLL.stop + len(fields(VoterRow)))
_OF_TOKEN = slice(_OF_VOTER.stop, _OF_VOTER.stop + len(fields(TokenRow)))

_NEW = "new_"


def _new(column: Column[Any], name: str | None = None) -> BindParameter[Any]:
    """The value of a `NewBallot` for a column."""
    return bindparam(_NEW + (name or column.name), type_=column.type)


_record_envelope = insert(_envelopes).values({c: _new(c) for c in _envelopes.c})
_count_ballot = (
    update(_voters)
    .where(
        _voters.c.round_id == _new(_voters.c.round_id),
        _voters.c.voter_ref == _new(_voters.c.voter_ref),
    )
    .values(ballots=_new(_voters.c.ballots, "seq"))
)
_use_token = (
    update(_tokens)
    .where(
        _tokens.c.round_id == _new(_tokens.c.round_id),
        _tokens.c.token_hash == _new(_tokens.c.token_hash),
    )
    .values(body_mac=_new(_tokens.c.body_mac), leaf_hash=_new(_tokens.c.leaf_hash))
)
_promise_entry = insert(_queue).values(
    {c: _new(c, {"queued_at": "accepted_at"}.get(c.name)) for c in _queue.c}
)
_RECORDING = (_record_envelope, _count_ballot, _use_token, _promise_entry)
_RECORD_AT_ONCE = _promise_entry.add_cte(
    _record_envelope.cte("recorded"), _count_ballot.cte("counted"), _use_token.cte("used")
)
