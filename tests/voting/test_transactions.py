"""Transactions that read are refused what they would write, and cost nothing that can be kept."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.stores import Store
from voting.database import Sessions, reading, writing
from voting.models import Poll

WRITE = text("DELETE FROM poll")
READ = select(Poll.state).where(Poll.round_id == "nobody/nothing")
PREPARED = text("SELECT statement FROM pg_prepared_statements")
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
    """A rollback after each page would have the statements of every ballot planned anew."""
    if store.name == "sqlite":
        pytest.skip("there nothing is prepared")
    for _ in range(OFTEN):
        with writing(), store.sessions() as session:
            session.execute(READ)
            session.commit()
    with reading(), store.sessions() as session:
        prepared = session.scalars(PREPARED).all()
    with store.sessions() as session:
        assert session.scalars(PREPARED).all() == prepared
    assert any("FROM poll" in statement for statement in prepared)


def test_plans_of_what_pages_read_are_not_kept(store: Store) -> None:
    """A plan for an empty table reads the whole of a full one."""
    if store.name == "sqlite":
        pytest.skip("there nothing is prepared")
    for _ in range(OFTEN):
        with reading(), store.sessions() as session:
            session.execute(READ)
    with store.sessions() as session:
        assert not any("FROM poll" in text for text in session.scalars(PREPARED))
