"""The scene of these tests: built once, and put back before each."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from budget_app import create_app
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.budget_app.deliberation.scenes import Talk, talk_scene
from voting import clock


@pytest.fixture(scope="session")
def built_talk(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Talk, Path]]:
    """The scene, and its database before anybody said anything."""
    folder = tmp_path_factory.mktemp("talk")
    database = folder / "platform.db"
    shutil.copy(sqlite_template, database)
    app = create_app(
        Settings(
            instance_path=folder,
            secret_key="a secret of the tests, long enough",
            mail_backend="locmem",
            embedded_worker=False,
            log_level="ERROR",
        )
    )
    app.testing = True
    talk = talk_scene(app)
    _let_go(talk)
    yield talk, shutil.copy(database, folder / "before.db")
    _let_go(talk)


@pytest.fixture
def talk(built_talk: tuple[Talk, Path]) -> Iterator[Talk]:
    talk, before = built_talk
    shutil.copy(before, before.with_name("platform.db"))
    translator = talk.office.app.extensions["translator"]
    yield talk
    talk.office.app.extensions["translator"] = translator
    _let_go(talk)


def _let_go(talk: Talk) -> None:
    """Close every connection: what SQLite keeps beside the file then goes into it."""
    with talk.office.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def half_past() -> Iterator[datetime]:
    """The middle of an hour, in which limits are counted; the clock stands still there."""
    moment = datetime.now(UTC).replace(minute=30)
    with clock.replay(moment):
        yield moment
