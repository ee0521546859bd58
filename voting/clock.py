"""The one clock of the ballot box."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, DateTime, func, select
from sqlalchemy.orm import Session

DATABASES = ("sqlite", "postgresql")
_CLOCK = func.clock_timestamp(type_=DateTime(timezone=True))
_READ = select(_CLOCK)

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now(session: Session, read_at: datetime | None = None) -> datetime:
    """The present moment in UTC, with microseconds.

    `read_at` is what a statement has read of PostgreSQL's clock beside its rows.

    PostgreSQL's `clock_timestamp()` moves on inside a transaction, so a reading taken after the
    locks is later than the locks. SQLite has no clock of its own: the host's is read.
    """
    replayed = _replayed.get()
    if replayed is not None:
        return replayed
    if session.get_bind().dialect.name == "postgresql":
        moment = read_at or session.connection().execute(_READ).scalar_one()
        return moment.astimezone(UTC)
    return datetime.now(UTC)


def beside_rows(dialect: str) -> list[ColumnElement[datetime]]:
    """The column, if there is one, with which a statement reads the clock for `now` as well."""
    return [_CLOCK.label("read_at")] if dialect == "postgresql" else []


@contextmanager
def replay(moment: datetime) -> Iterator[None]:
    """Let the box read `moment` while an election of the past is replayed (imports, examples)."""
    token = _replayed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _replayed.reset(token)
