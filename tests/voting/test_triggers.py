"""The database itself keeps the log append-only."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.stores import Store
from voting.database import transaction
from voting.models import HandedAcceptance, LogCheckpoint, LogCosignature, LogEntry, LogTile, Poll

ROUND = "example/budget"
TABLES = ["log_entry", "log_tile", "log_checkpoint", "log_cosignature", "handed_acceptance"]


@pytest.fixture
def logged(store: Store) -> Store:
    """A store whose log has one row in each table."""
    with transaction(store.sessions) as session:
        session.add(Poll(round_id=ROUND))
        session.flush()
        session.add(LogEntry(round_id=ROUND, position=0, leaf_hash=b"0" * 32, entry=b"{}"))
        session.add(LogTile(round_id=ROUND, level=0, tile_index=0, root=b"0" * 32, hashes=b"0"))
        now = datetime.now(UTC)
        session.add(LogCheckpoint(round_id=ROUND, size=1, root=b"0", note=b"0", signed_at=now))
        session.flush()
        session.add(
            LogCosignature(
                round_id=ROUND, witness="W", size=1, line="—", signed_at=now, reaches_quorum=True
            )
        )
        session.add(HandedAcceptance(round_id=ROUND, leaf_hash=b"0" * 32, signature=b"0" * 64))
    return store


def changes(table: str) -> list[str]:
    return [f"UPDATE {table} SET round_id = round_id", f"DELETE FROM {table}"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("number", [0, 1])
def test_the_log_cannot_be_edited_or_deleted(logged: Store, table: str, number: int) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        transaction(logged.sessions) as session,
    ):
        session.execute(text(changes(table)[number]))


@pytest.mark.parametrize("table", TABLES)
def test_the_log_cannot_be_replaced_or_truncated(logged: Store, table: str) -> None:
    statement = f"TRUNCATE {table} CASCADE"
    if logged.name == "sqlite":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with (
        pytest.raises(DBAPIError, match="append-only"),
        transaction(logged.sessions) as session,
    ):
        session.execute(text(statement))
