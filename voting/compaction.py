"""Letting the database's files forget what a destruction deleted: freed pages hold it until then.

SQLite rewrites its file, and then says whether its write-ahead log is empty. PostgreSQL rewrites
table by table, for the tables' owner alone: asked by anybody else it warns and skips. It also keeps
deleted rows for transactions that began earlier. So what they say is read, and nothing is called
compacted that was not.
"""

import re
import time
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from voting import clock
from voting.database import Sessions, outside_transactions, transaction
from voting.errors import NotCompacted, StoreBusy
from voting.models import Base, Envelope, Poll
from voting.triggers import APPEND_ONLY

LOCK_TIMEOUT = "30s"
TRIES, PAUSE_SECONDS = 10, 1.0
NUMBER = re.compile(r"\d+")


def compact(sessions: Sessions) -> list[str]:
    """Compact the database when a round's erased rows wait for it; answers those rounds.

    Raises `NotCompacted` when this account does not own the tables, `StoreBusy` when others keep
    the database from it for too long.
    """
    with sessions() as session:
        rounds = waiting(session)
        engine = session.get_bind().engine
    if not rounds:
        return []
    try:
        _COMPACTING[engine.dialect.name](engine)
    except engine.dialect.loaded_dbapi.Error as error:
        raise StoreBusy from error
    with transaction(sessions) as session:
        for round_id in rounds:
            session.get_one(Poll, round_id).compacted_at = clock.now(session)
    return rounds


def waiting(session: Session) -> list[str]:
    """The rounds whose rows are deleted and may still lie in the database's files."""
    erased = select(Poll.round_id).where(Poll.erased_at.is_not(None), Poll.compacted_at.is_(None))
    return list(session.scalars(erased.order_by(Poll.round_id)))


def _compact_sqlite(engine: Engine) -> None:
    with outside_transactions(engine) as driver:
        driver.execute("VACUUM")
        is_kept, _pages, _copied = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_kept:  # for somebody who reads since before
        raise StoreBusy


def _compact_postgresql(engine: Engine) -> None:
    """Every table that anything can be deleted from, the envelopes first.

    A round's rows are deleted in one transaction, and only a destruction deletes envelopes: once
    no deleted envelope is kept for anybody, no other deleted row of the round is.
    """
    envelopes = Envelope.__tablename__
    others = sorted(Base.metadata.tables.keys() - {envelopes, *APPEND_ONLY})
    with outside_transactions(engine) as driver:
        driver.autocommit = True
        driver.execute(f"SET lock_timeout TO '{LOCK_TIMEOUT}'")
        try:
            _rewrite_whole(driver, envelopes)
            for table in others:
                _rewrite(driver, table)
        finally:
            driver.execute("RESET lock_timeout")
            driver.autocommit = False


def _rewrite_whole(driver: Any, table: str) -> None:
    """Again until no deleted row is kept; a request that is under way ends soon."""
    for _ in range(TRIES):
        if _rewrite(driver, table) == 0:
            return
        time.sleep(PAUSE_SECONDS)
    raise StoreBusy


def _rewrite(driver: Any, table: str) -> int:
    """How many deleted rows PostgreSQL kept; its one notice with a detail begins with the number."""
    details: list[str] = []

    def hear(notice: Any) -> None:
        if notice.message_detail:
            details.append(notice.message_detail)

    driver.add_notice_handler(hear)
    try:
        driver.execute(f'VACUUM (FULL, VERBOSE) "{table}"')
    finally:
        driver.remove_notice_handler(hear)
    kept = NUMBER.search(details[0]) if details else None
    if kept is None:
        raise NotCompacted
    return int(kept[0])


_COMPACTING = {"sqlite": _compact_sqlite, "postgresql": _compact_postgresql}
