"""The two databases that everything is tested on; their schema comes from the migrations.

`TEST_DATABASE_URL` names a PostgreSQL server to use in place of the run's own cluster. Without
PostgreSQL its tests are skipped, and fail where `CI` is set.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from budget_app import create_app
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.postgres import SETTINGS, Cluster, NoPostgres, SharedCluster
from tests.reuse import Reused
from voting.database import Sessions, open_engine, writing

POOL = 60
"""Connections that concurrent tests may hold at once."""

NewDatabase = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True)
class Store:
    """An empty database with the schema in place."""

    url: str
    engine: Engine
    sessions: Sessions

    @property
    def name(self) -> str:
        return self.engine.dialect.name


def create_schema(url: str) -> None:
    """The schema under test, in an empty database."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(instance_path=Path(folder), database_url=url, log_level="ERROR"))
        with app.app_context(), writing():
            upgrade()
            db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "schema.db"
    create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_databases(request: pytest.FixtureRequest) -> Iterator[NewDatabase]:
    """Makes empty databases with the schema, each dropped after its test."""
    with _postgresql_server(request) as server, _database(server) as template:
        create_schema(template)
        yield lambda: _database(server, make_url(template).database)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_databases: NewDatabase) -> Iterator[Reused]:
    """One database for all tests of a worker, emptied after each."""
    reused = Reused(postgresql_databases)
    yield reused
    reused.close()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the schema, on each store in turn."""
    if request.param == "postgresql":
        reused: Reused = request.getfixturevalue("postgresql_database")
        with reused.database() as url:
            yield url
        return
    path = tmp_path / "platform.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    yield f"sqlite:///{path}"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty database with the schema, on each store in turn."""
    engine = open_engine(database_url, pool_size=POOL, max_overflow=0)
    yield Store(database_url, engine, sessionmaker(engine, expire_on_commit=False))
    engine.dispose()


@contextmanager
def _postgresql_server(request: pytest.FixtureRequest) -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    run_name = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    shared = SharedCluster(run_name)
    cluster = _had(shared.enter)
    try:
        yield cluster.url("postgres")
    finally:
        shared.leave()


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL in which nobody else writes, and which may be killed."""
    cluster = _had(Cluster.make)
    cluster.start(SETTINGS)
    try:
        yield cluster
    finally:
        cluster.remove()


def _had(make: Callable[[], Cluster]) -> Cluster:
    try:
        return make()
    except NoPostgres as reason:
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL cannot be had: {reason}")
        pytest.skip(f"PostgreSQL cannot be had: {reason}")


@contextmanager
def _database(server: str, template: str | None = None) -> Iterator[str]:
    """The address of a new database, a copy of `template`, dropped at the end."""
    name = f"pb_test_{secrets.token_hex(6)}"
    _execute(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: str, statement: str) -> None:
    """Outside any transaction, as databases are made."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
