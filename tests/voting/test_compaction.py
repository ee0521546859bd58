"""A destruction is called done only when PostgreSQL's files have forgotten what was deleted."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from budget_app import create_app
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.stores import NewDatabase, Store
from tests.voting.factories import ROUND, Vote
from tests.voting.test_destruction import counted, destroy
from voting import compaction
from voting.database import open_engine
from voting.errors import NotCompacted, StoreBusy
from voting.models import Base, Poll
from voting.roles import ROLES, statements

pytestmark = pytest.mark.postgres
__all__ = ["counted"]


@pytest.fixture
def store(postgresql_databases: NewDatabase) -> Iterator[Store]:
    with postgresql_databases() as url:
        engine = open_engine(url)
        yield Store(url, engine, sessionmaker(engine, expire_on_commit=False))
        engine.dispose()


@pytest.fixture
def worker(counted: Vote) -> Iterator[Vote]:
    """The counted round, as the worker's own role sees it."""
    prefix = f"pb_{secrets.token_hex(4)}"
    execute(counted.store.url, *statements(Base.metadata, prefix))
    url = make_url(counted.store.url).update_query_dict({"options": f"-c role={prefix}_worker"})
    engine = open_engine(url.render_as_string(hide_password=False), poolclass=NullPool)
    yield replace(
        counted, store=Store(str(url), engine, sessionmaker(engine, expire_on_commit=False))
    )
    for role in ROLES:
        name = f"{prefix}_{role}"
        execute(counted.store.url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def execute(url: str, *commands: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for command in commands:
            connection.execute(text(command))


def on_disk(vote: Vote, mark: bytes) -> bool:
    """Whether the files of the tables hold `mark`; PostgreSQL writes down what it has in memory."""
    execute(vote.store.url, "CHECKPOINT")
    with vote.store.engine.connect() as connection:
        folder = Path(connection.scalar(text("SHOW data_directory")))
        tables = list(Base.metadata.tables)
        paths = [
            folder / connection.scalar(text("SELECT pg_relation_filepath(:t)"), {"t": f'"{table}"'})
            for table in tables
        ]
    return any(mark in path.read_bytes() for path in paths)


def run(vote: Vote, tmp_path: Path) -> str:
    """`flask pb compact-destroyed` with the address of the vote's account."""
    url = vote.store.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(instance_path=tmp_path / "owner", database_url=url))
    said = app.test_cli_runner().invoke(args=["pb", "compact-destroyed"]).output
    with app.app_context():
        db.engine.dispose()
    return said


def salt(vote: Vote) -> bytes:
    with vote.store.engine.connect() as connection:
        return bytes(connection.scalar(text("SELECT salt FROM envelope LIMIT 1")))


def test_a_worker_who_may_not_compact_says_so_and_logs_nothing_until_the_owner_did(
    counted: Vote, worker: Vote, tmp_path: Path
) -> None:
    mark = salt(counted)
    for _ in range(2):
        with pytest.raises(NotCompacted, match="flask pb compact-destroyed"):
            destroy(worker, tmp_path)
    assert "key.destroyed" not in counted.types()
    assert on_disk(counted, mark)
    assert "only the owner" in run(worker, tmp_path)
    assert on_disk(counted, mark)
    said = run(counted, tmp_path)
    assert ROUND in said
    assert "ask for its destruction again" in said
    assert not on_disk(counted, mark)
    destroy(worker, tmp_path)
    assert counted.types().count("key.destroyed") == 1
    assert run(counted, tmp_path) == "Nothing waits to be compacted.\n"


def test_rows_that_postgresql_keeps_for_an_earlier_transaction_are_not_called_forgotten(
    counted: Vote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "PAUSE_SECONDS", 0.0)
    mark = salt(counted)
    reader = create_engine(counted.store.url, isolation_level="REPEATABLE READ")
    with reader.connect() as connection:
        connection.execute(text("SELECT count(*) FROM alembic_version"))
        with pytest.raises(StoreBusy):
            destroy(counted, tmp_path)
        assert on_disk(counted, mark)
    reader.dispose()
    destroy(counted, tmp_path)
    assert not on_disk(counted, mark)
    with counted.store.sessions() as session:
        assert session.get_one(Poll, ROUND).compacted_at is not None
