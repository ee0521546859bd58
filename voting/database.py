"""How the ballot box talks to its two databases.

SQLite: write-ahead log, `synchronous=FULL`, `BEGIN IMMEDIATE` for whoever will write and plain
`BEGIN` for readers. A reader that turned into a writer could meet "database is locked". The
writers of one process take turns (`turns`).
PostgreSQL: durable commits, whatever the server's default is.
Both refuse what a reader would write.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

from voting.discretion import keep_values_out
from voting.turns import Turns

BUSY_TIMEOUT_MILLISECONDS = 30_000

HIDING = {"hide_parameters": True}
"""For every engine: what a failed statement was to write belongs into no log."""

Sessions = sessionmaker[Session]

KEPT_CONNECTIONS = 16
"""For each engine of a server: as many as its threads and its worker use at once. What goes beyond
is opened anew each time."""

PREPARED_AFTER = 5
"""How often PostgreSQL is sent a statement before it is prepared; psycopg's own default."""

_writing: ContextVar[bool | None] = ContextVar("writing", default=None)
"""Whether transactions that begin now write; None where nobody has said so: they may."""

_TURN = "turn"
_READS = "reads"
_turns: WeakKeyDictionary[Pool, Turns] = WeakKeyDictionary()


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside take SQLite's write lock at once."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions that begin inside are refused what they would write."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def begin_writing() -> None:
    """As `writing`, until the request ends: for a web request that may write."""
    _writing.set(True)


def begin_reading() -> None:
    """As `reading`, until the request ends: for a web request that only reads."""
    _writing.set(False)


def end_request() -> None:
    """Undo `begin_writing` and `begin_reading`."""
    _writing.set(None)


@contextmanager
def transaction(sessions: Sessions) -> Iterator[Session]:
    """A session that may write; committed at the end, rolled back on an error."""
    with writing(), sessions.begin() as session:
        yield session


@contextmanager
def outside_transactions(engine: Engine) -> Iterator[Any]:
    """The driver's own connection, whatever used it last: it may write what no transaction can."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            _refuse_writes(connection, False)
        yield connection.driver_connection
    finally:
        connection.close()


def configure(engine: Engine) -> Engine:
    """Set up every connection of `engine`; answers the engine. Calling it twice does no harm."""
    for name, hook in _HOOKS[engine.dialect.name].items():
        if not event.contains(engine, name, hook):
            event.listen(engine, name, hook)
    if engine.dialect.name == "postgresql":
        engine.dialect.do_rollback = _end  # type: ignore[method-assign,assignment]
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
    writes = _writing.get()
    if writes and _TURN not in connection.info:
        turns = _turns.setdefault(connection.engine.pool, Turns())
        if turns.take(BUSY_TIMEOUT_MILLISECONDS / 1000):
            connection.info[_TURN] = turns
    _refuse_writes(connection.connection, writes is False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_writes(connection: PoolProxiedConnection, reads: bool) -> None:
    """SQLite goes on refusing until it is told otherwise."""
    if connection.info.get(_READS, False) is not reads:
        driver: Any = connection.driver_connection
        driver.execute(f"PRAGMA query_only = {reads:d}")
        connection.info[_READS] = reads


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


def _postgresql_began(connection: Connection) -> None:
    """Nothing is sent yet: the driver begins with the first statement.

    Only what writes is prepared, and its plans kept: it finds rows by their keys. A plan that a
    page's query got while a table was empty would go on reading the whole of a full one.
    """
    driver: Any = connection.connection.dbapi_connection
    reads = _writing.get() is False
    driver.read_only = reads or None
    driver.prepare_threshold = None if reads else PREPARED_AFTER


def _end(driver: Any) -> None:
    """Roll back; what has only read is committed instead.

    At a rollback psycopg drops what the connection has prepared, since it might have been made in
    the same transaction: after every page the next ballot's statements would be planned anew.
    """
    if driver.read_only:
        driver.commit()
    else:
        driver.rollback()


_HOOKS: dict[str, dict[str, Callable[..., None]]] = {
    "sqlite": {
        "connect": _sqlite_connected,
        "begin": _sqlite_began,
        "checkin": _sqlite_given_back,
    },
    "postgresql": {"connect": _postgresql_connected, "begin": _postgresql_began},
}
