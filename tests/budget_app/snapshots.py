"""A scene that many tests begin with: built once a minute on SQLite, and copied for each test.

A copy has the keys, voters and log of its original; what tests do to a copy stays there. Scenes say
how long ago something was, so that an old copy would be another scene.
"""

import atexit
import shutil
import sqlite3
import time
from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.parliaments.models import Parliament

SECONDS = 60


@dataclass(frozen=True)
class Snapshot:
    """A database, `platform.db`, and the folders of an installation."""

    folder: TemporaryDirectory[str]
    taken: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.taken < SECONDS


_snapshots: dict[Hashable, Snapshot] = {}


def copied(app: Flask, what: Hashable, build: Callable[[], object]) -> None:
    """Bring an empty `app` to where `build` would bring it; `what` names all that it depends on."""
    path = _database(app)
    if path is None or (Path(app.instance_path) / "keys").exists():
        build()
        return
    name = (app.extensions["keys"].host, what)
    held = _snapshots.get(name)
    if held is not None and held.is_fresh:
        _restore(app, held, path)
        return
    build()
    if held is not None:
        held.folder.cleanup()
    _snapshots[name] = _take(app, path)


def _database(app: Flask) -> Path | None:
    """The file of an application that has no parliament yet; none on PostgreSQL."""
    with app.app_context():
        url = db.engine.url
        is_empty = db.session.scalar(select(func.count()).select_from(Parliament)) == 0
        db.session.rollback()
    if url.get_backend_name() != "sqlite" or not is_empty:
        return None
    return Path(str(url.database))


def _take(app: Flask, path: Path) -> Snapshot:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    ignored = shutil.ignore_patterns("platform.db*")
    copy = Path(folder.name) / "instance"
    shutil.copytree(app.instance_path, copy, ignore=ignored)
    with (
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(Path(folder.name) / "platform.db")) as target,
    ):
        source.backup(target)
    return Snapshot(folder, time.monotonic())


def _restore(app: Flask, held: Snapshot, path: Path) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    # By SQLite's own hands: a server's thread may still hold a connection to the file.
    with (
        closing(sqlite3.connect(Path(held.folder.name) / "platform.db")) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)
    shutil.copytree(Path(held.folder.name) / "instance", app.instance_path, dirs_exist_ok=True)
