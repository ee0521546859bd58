"""How the ballot box talks to its two databases.

SQLite: write-ahead log, `synchronous=FULL`, `BEGIN IMMEDIATE` for whoever will write and plain
`BEGIN` for readers. A reader that turned into a writer could meet "database is locked". The
writers of one process take turns (`turns`).
PostgreSQL: durable commits, whatever the server's default is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from voting.discretion import keep_values_out
from voting.turns import Turns

BUSY_TIMEOUT_MILLISECONDS = 30_000

HIDING = {"hide_parameters": True}
"""For every engine: what a failed statement was to write belongs into no log."""

Sessions = sessionmaker[Session]

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_TURN = "turn"
_turns: WeakKeyDictionary[Pool, Turns] = WeakKeyDictionary()


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside take SQLite's write lock at once."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def begin_writing() -> None:
    """As `writing`, until the context ends: for a web request that may write."""
    _writing.set(True)


def begin_reading() -> None:
    """Undo `begin_writing`: for a web request that only reads."""
    _writing.set(False)


@contextmanager
def transaction(sessions: Sessions) -> Iterator[Session]:
    """A session that may write; committed at the end, rolled back on an error."""
    with writing(), sessions.begin() as session:
        yield session


def configure(engine: Engine) -> Engine:
    """Set up every connection of `engine`; answers the engine. Calling it twice does no harm."""
    for name, hook in _HOOKS[engine.dialect.name].items():
        if not event.contains(engine, name, hook):
            event.listen(engine, name, hook)
    keep_values_out(engine)
    return engine


def open_engine(url: str, **options: Any) -> Engine:
    """A configured engine for `url`."""
    return configure(create_engine(url, **HIDING, **options))


def _sqlite_connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _sqlite_began(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writing", _writing.get())
    if writes and _TURN not in connection.info:
        turns = _turns.setdefault(connection.engine.pool, Turns())
        if turns.take(BUSY_TIMEOUT_MILLISECONDS / 1000):
            connection.info[_TURN] = turns
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_given_back(_connection: Any, record: ConnectionPoolEntry) -> None:
    """After commit, rollback or a lost connection."""
    turns: Turns | None = record.info.pop(_TURN, None)
    if turns is not None:
        turns.give()


def _postgresql_connected(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit TO on")
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()


_HOOKS: dict[str, dict[str, Callable[..., None]]] = {
    "sqlite": {
        "connect": _sqlite_connected,
        "begin": _sqlite_began,
        "checkin": _sqlite_given_back,
    },
    "postgresql": {"connect": _postgresql_connected},
}
