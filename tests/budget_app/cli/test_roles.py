"""PostgreSQL's roles: each does its work, and nothing of what it must not do."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from benchmarks.polling_place import ADDRESS, BOX, PollingPlace
from budget_app import create_app, jobs
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.stores import NewDatabase
from voting import receipts
from voting.destruction import ERASED
from voting.roles import HANDED_IN, REPORTING, ROLES
from voting.triggers import APPEND_ONLY

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Installation:
    """A database with roles of its own."""

    owner: str
    prefix: str

    def url(self, role: str) -> str:
        """An address whose connections have the rights of one role."""
        url = make_url(self.owner).update_query_dict({"options": f"-c role={self.prefix}_{role}"})
        return url.render_as_string(hide_password=False)

    def execute(self, role: str, *statements: str) -> None:
        url = self.owner if role == "owner" else self.url(role)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))


@pytest.fixture
def installation(postgresql_databases: NewDatabase, tmp_path: Path) -> Iterator[Installation]:
    """The SQL of the command has been run twice, as after a migration."""
    with postgresql_databases() as url:
        made = Installation(url, f"pb_{secrets.token_hex(4)}")
        app = create_app(Settings(instance_path=tmp_path / "owner", database_url=url))
        printed = app.test_cli_runner().invoke(args=["pb", "roles", "--prefix", made.prefix])
        made.execute("owner", printed.output, printed.output)
        yield made
        for role in ROLES:
            name = f"{made.prefix}_{role}"
            made.execute("owner", f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.fixture
def place(installation: Installation, tmp_path: Path) -> Iterator[PollingPlace]:
    """A round of the web role, open, whose sequencer has a role of its own."""
    settings = Settings(
        instance_path=tmp_path / "instance",
        database_url=installation.url("web"),
        sequencer_database_url=installation.url("sequencer"),
        secret_key="a secret of the tests, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        log_level="ERROR",
    )
    place = PollingPlace.open(settings, 1, 0)
    yield place
    place.app.extensions["sequencer"].kw["bind"].dispose()
    place.close()


def cast(place: PollingPlace) -> str:
    """One ballot through the page; answers its receipt code."""
    [token], [(cookie, csrf)] = place.tokens(), place.browsers
    client = place.app.test_client()
    client.set_cookie("session", cookie)
    form = {"csrf_token": csrf, "token": token, "box": BOX, "choice": place.choice}
    answer = client.post(f"{ADDRESS}/cast", data=form)
    assert answer.status_code == 303
    return answer.location.rpartition("/")[2]


def test_the_web_casts_and_the_sequencer_logs(place: PollingPlace) -> None:
    code = cast(place)
    jobs.run_once(place.app)
    with place.app.app_context():
        found = receipts.find(db.session(), place.poll_id, code)
    assert found.state is receipts.ReceiptState.LOGGED


def test_the_worker_does_the_work_of_both_and_destroys_envelopes(
    installation: Installation, place: PollingPlace
) -> None:
    cast(place)
    jobs.run_once(place.app)
    installation.execute(
        "worker",
        "SELECT 1 FROM user_account",
        "SELECT 1 FROM log_entry",
        *(f"DELETE FROM {table.__tablename__}" for table in ERASED),
    )


LOG_CHANGES = [
    statement
    for table in APPEND_ONLY
    for statement in (
        f"UPDATE {table} SET round_id = round_id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table}",
    )
]
FORBIDDEN = {
    "web": [
        *LOG_CHANGES,
        *(
            f"INSERT INTO {table} SELECT * FROM {table}"
            for table in APPEND_ONLY
            if table != HANDED_IN
        ),
        "UPDATE log_head SET size = 0",
        "DELETE FROM log_queue",
        "UPDATE log_queue SET entry = entry",
        "UPDATE envelope SET envelope = envelope",
        "DELETE FROM envelope",
        "TRUNCATE envelope CASCADE",
        "DELETE FROM poll",
        "DELETE FROM cast_token",
        "DELETE FROM revocation",
        "UPDATE public_act SET round_id = round_id",
        "UPDATE amended_manifest SET round_id = round_id",
        "DELETE FROM record",
        "UPDATE record SET subject = subject",
        "CREATE TABLE mine (id integer)",
        "SET session_replication_role = replica",
    ],
    "sequencer": [
        *LOG_CHANGES,
        f"INSERT INTO {HANDED_IN} SELECT * FROM {HANDED_IN}",
        "INSERT INTO log_queue SELECT * FROM log_queue",
        "UPDATE log_queue SET entry = entry",
        "DELETE FROM log_head",
        "SELECT 1 FROM envelope",
        "SELECT 1 FROM voter",
        "SELECT 1 FROM cast_token",
        "SELECT 1 FROM user_account",
        "UPDATE poll SET epoch = 0",
        "CREATE TABLE mine (id integer)",
    ],
    "worker": [
        *LOG_CHANGES,
        "UPDATE envelope SET envelope = envelope",
        "CREATE TABLE mine (id integer)",
    ],
    "reporting": [
        *LOG_CHANGES,
        *(f"INSERT INTO {table} SELECT * FROM {table}" for table in (*APPEND_ONLY, "log_queue")),
        "SELECT 1 FROM envelope",
        "SELECT 1 FROM voter",
        "SELECT 1 FROM cast_token",
        "SELECT 1 FROM revocation",
        "SELECT 1 FROM log_queue",
        "SELECT 1 FROM user_account",
        "SELECT 1 FROM sign_in",
        "SELECT 1 FROM outgoing_mail",
        "SELECT 1 FROM proposal",
        "SELECT 1 FROM record",
        "UPDATE round SET state = state",
    ],
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_what_is_not_its_work(installation: Installation, role: str) -> None:
    for statement in FORBIDDEN[role]:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            installation.execute(role, statement)


def test_reports_read_no_table_that_knows_people(installation: Installation) -> None:
    installation.execute("reporting", *(f'SELECT * FROM "{table}"' for table in REPORTING))
    people = {"user_account", "voter", "envelope", "cast_token"}
    for name in REPORTING:
        table = db.metadata.tables[name]
        assert not {key.column.table.name for key in table.foreign_keys} & people, name


def test_a_name_that_is_no_role_is_refused(tmp_path: Path) -> None:
    app = create_app(Settings(instance_path=tmp_path, log_level="ERROR"))
    answer = app.test_cli_runner().invoke(args=["pb", "roles", "--prefix", "pb; DROP TABLE x"])
    assert answer.exit_code == 2
    assert "letters" in answer.output
