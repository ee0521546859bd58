"""Transactions that read are refused what they would write, and cost nothing that can be kept."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.stores import Store
from voting.database import Sessions, reading, writing
from voting.models import Poll

WRITE = text("DELETE FROM poll")
READ = select(Poll.state).where(Poll.round_id == "nobody/nothing")
OFTEN = 8
"""psycopg prepares a statement that it has sent more than five times."""


def write(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(WRITE)


def test_a_transaction_that_reads_writes_nothing(store: Store) -> None:
    with reading(), pytest.raises(DBAPIError, match=r"readonly|read-only"):
        write(store.sessions)


def test_the_next_transaction_of_a_connection_writes_again(store: Store) -> None:
    with reading(), store.sessions() as session:
        session.execute(READ)
    with writing():
        write(store.sessions)
    write(store.sessions)
    with writing(), reading(), pytest.raises(DBAPIError, match=r"readonly|read-only"):
        write(store.sessions)


def test_what_a_connection_has_prepared_outlives_a_reading_transaction(store: Store) -> None:
    """A rollback would have every statement of every page parsed anew."""
    if store.name == "sqlite":
        pytest.skip("there nothing is prepared")
    for _ in range(OFTEN):
        with reading(), store.sessions() as session:
            session.execute(READ)
    with store.sessions() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM poll" in statement for statement in prepared)
