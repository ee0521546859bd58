"""One PostgreSQL database serves test after test, and none finds what another left."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.pool import NullPool

from budget_app.accounts.models import User
from tests.reuse import Reused
from tests.stores import NewDatabase

pytestmark = pytest.mark.postgres

ADA = {"email": "ada@example.org", "created_at": datetime(2027, 3, 1, tzinfo=UTC)}


@pytest.fixture
def reused(postgresql_databases: NewDatabase) -> Iterator[Reused]:
    reused = Reused(postgresql_databases)
    yield reused
    reused.close()


def connected(url: str) -> Connection:
    return create_engine(url, poolclass=NullPool).connect()


def test_rows_and_numbers_begin_anew_in_the_same_database(reused: Reused) -> None:
    addresses, numbers = set(), []
    for _ in range(2):
        with reused.database() as url, connected(url) as connection:
            addresses.add(url)
            assert connection.scalar(text("SELECT count(*) FROM user_account")) == 0
            numbers.append(connection.scalar(insert(User).values(**ADA).returning(User.id)))
            connection.commit()
    assert (len(addresses), numbers) == (1, [1, 1])


def test_a_transaction_left_open_holds_nobody_up(reused: Reused) -> None:
    with reused.database() as url:
        left = connected(url)
        left.execute(text("LOCK TABLE log_entry"))
    with reused.database() as same, connected(same) as connection:
        assert same == url
        assert connection.scalar(text("SELECT count(*) FROM log_entry")) == 0
    left.invalidate()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE mine (id integer)",
        "DROP TRIGGER log_entry_no_truncate ON log_entry",
        "ALTER TABLE envelope RENAME COLUMN salt TO gone",
    ],
)
def test_who_changes_the_schema_leaves_the_next_a_new_database(reused: Reused, change: str) -> None:
    with reused.database() as url, connected(url) as connection:
        connection.execute(text(change))
        connection.commit()
    with reused.database() as other:
        assert other != url
