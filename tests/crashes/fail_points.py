"""Where a process dies: at the n-th passing of a named point.

A point may also be where the database dies: `database at cast before commit`. Who passes it kills
PostgreSQL, goes on, and takes the next point.

Production code knows nothing of this. A process of the harness wraps the box's functions and
listens to SQLAlchemy's sessions before it begins to work. Of the points that it is given, each
process takes the next: the first dies at the first point, its successor at the second.
"""

import fcntl
import functools
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.postgres import Cluster
from voting import box, casting, log, log_key

BOOTH = ("cast before commit", "cast after commit")
SEQUENCER = (
    "append before commit",
    "append after commit",
    "checkpoint before key state",
    "checkpoint after key state",
    "checkpoint before commit",
    "checkpoint after commit",
)
POINTS_VARIABLE = "CRASH_POINTS"
"""As in `cast before commit=40;cast after commit=60`."""
RECORD_VARIABLE = "CRASH_RECORD"
"""A file that gets one line for each death."""
WEAK_VARIABLE = "CRASH_WEAK"
"""Switches durable commits off on PostgreSQL, to see that the loss is found."""

CLUSTER_VARIABLE = "CRASH_CLUSTER"
"""The folder of the PostgreSQL cluster that is killed at points of the database."""
AT_DATABASE = "database at "

_left: dict[str, int] = {}
"""The point of this process, and how often it may still be passed."""


def arm() -> None:
    """Do what the environment says; once, before the process works.

    It stays silent: a database that goes away on purpose is no news.
    """
    logging.disable(logging.CRITICAL)
    _take_next()
    casting.cast = box.cast = _marking("cast", casting.cast)
    log.append_batch = _marking("append", log.append_batch)
    log.sign_checkpoint = _marking("checkpoint", log.sign_checkpoint)
    log_key.LogKey.sign = _around(log_key.LogKey.sign)  # type: ignore[method-assign]
    event.listen(Session, "before_commit", functools.partial(_reach, "before commit"))
    event.listen(Session, "after_commit", functools.partial(_reach, "after commit"))
    event.listen(Session, "after_rollback", _forget)
    if os.environ.get(WEAK_VARIABLE):
        event.listen(Session, "after_begin", _weaken)


def _take_next() -> None:
    """From now on this process waits for the next of the given points."""
    given = [part.split("=") for part in os.environ.get(POINTS_VARIABLE, "").split(";") if part]
    _left.clear()
    if given:
        point, passings = given[_turn() % len(given)]
        _left[point] = int(passings)


def _turn() -> int:
    """How many points of processes of this kind were taken before."""
    name = f"{os.environ[RECORD_VARIABLE]}.{os.getppid()}"
    with Path(name).open("a+") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX)
        turns.write(".")
        return turns.tell() - 1


def recorded(record: Path) -> dict[str, int]:
    """How often each point killed a process."""
    lines = record.read_text().splitlines() if record.exists() else []
    return {point: lines.count(point) for point in sorted(set(lines))}


def _marking(act: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The session remembers what it is about to commit; nothing to commit is no act."""

    @functools.wraps(function)
    def marked(session: Session, *arguments: Any, **named: Any) -> Any:
        answer = function(session, *arguments, **named)
        if answer:
            session.info["act"] = act
        return answer

    return marked


def _around(sign: Callable[..., bytes]) -> Callable[..., bytes]:
    """A signature leaves after the key has remembered what it signs."""

    @functools.wraps(sign)
    def watched(*arguments: Any) -> bytes:
        _pass("checkpoint before key state")
        note = sign(*arguments)
        _pass("checkpoint after key state")
        return note

    return watched


def _reach(moment: str, session: Session) -> None:
    act = session.info.get("act")
    if act is not None:
        _pass(f"{act} {moment}")
    if moment == "after commit":
        _forget(session)


def _forget(session: Session) -> None:
    session.info.pop("act", None)


def _weaken(_session: Session, _transaction: object, connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


def _pass(point: str) -> None:
    """Die here, or let the database die, when it is time to."""
    for name in (point, AT_DATABASE + point):
        if name in _left:
            _left[name] -= 1
            if _left[name] == 0:
                _end(name)


def _end(point: str) -> None:
    descriptor = os.open(os.environ[RECORD_VARIABLE], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{point}\n".encode())
    if not point.startswith(AT_DATABASE):
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(descriptor)
    Cluster(Path(os.environ[CLUSTER_VARIABLE])).kill()
    _take_next()
