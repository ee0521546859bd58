"""Scenes that many tests begin with: built once in three minutes, and copied for each test.

A copy has the keys, voters and log of its original; what tests do to a copy stays there. Scenes say
how long ago something was, so that an old copy would be another scene. A scene can begin with another
one, as long as nothing was written in between.
"""

import shutil
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import WeakKeyDictionary, finalize

from flask import Flask
from sqlalchemy import Engine, event, exists, select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from tests.budget_app.kept_rows import Rows, kept
from voting import clock

KEPT = timedelta(minutes=3)
SAME_MOMENT = timedelta(seconds=2)
OWN_PLACES = {"instance_path", "database_url"}
"""Settings that differ from test to test and are no part of a scene."""


class Snapshot:
    """A database and the folders of an installation; gone when nobody knows it any more."""

    def __init__(self, app: Flask, began: datetime) -> None:
        self.began = began
        self.folder = Path(mkdtemp())
        finalize(self, shutil.rmtree, self.folder)
        with app.app_context():
            self.rows: Rows = kept(db.engine, self.folder / "platform.db")
        ignored = shutil.ignore_patterns("platform.db*")
        shutil.copytree(app.instance_path, self.folder / "instance", ignore=ignored)

    def is_fresh(self, moment: datetime) -> bool:
        return timedelta() <= moment - self.began < KEPT

    def restore(self, app: Flask) -> None:
        with app.app_context():
            db.session.remove()
            self.rows.restore(db.engine)
        shutil.copytree(self.folder / "instance", app.instance_path, dirs_exist_ok=True)


@dataclass(frozen=True)
class Standing:
    """Where an application stands: at a snapshot, as long as no more is written than then."""

    snapshot: Snapshot
    commits: int


_snapshots: dict[Hashable, Snapshot] = {}
_standing: WeakKeyDictionary[Flask, Standing] = WeakKeyDictionary()
_commits = 0


@event.listens_for(Engine, "commit")
def _count(_connection: Any) -> None:
    global _commits
    _commits += 1


def copied(app: Flask, what: Hashable, build: Callable[[], object]) -> None:
    """Bring `app` to where `build` would bring it.

    `what` names all that it depends on but the settings and the scene that it begins with. Where the
    clock is set to another time or the beginning is unknown, it is built.
    """
    moment = datetime.now(UTC)
    begins = _standing.get(app)
    if (begins is not None and begins.commits != _commits) or not _begins_now(app, begins):
        build()
        return
    name = (begins and begins.snapshot, _settings(app), what)
    held = _snapshots.get(name)
    if held is not None and held.is_fresh(moment):
        held.restore(app)
    else:
        build()
        held = Snapshot(app, begins.snapshot.began if begins else moment)
        _forget(moment)
        _snapshots[name] = held
    _standing[app] = Standing(held, _commits)


def _begins_now(app: Flask, begins: Standing | None) -> bool:
    """Whether the box reads the host's clock, and nothing was made but what is known."""
    with app.app_context():
        moment = clock.now(db.session())
        is_empty = not db.session.scalar(select(exists(User.id) | exists(Parliament.id)))
        db.session.rollback()
    if abs(moment - datetime.now(UTC)) > SAME_MOMENT:
        return False
    return begins is not None or (is_empty and not (Path(app.instance_path) / "keys").exists())


def _settings(app: Flask) -> str:
    """What else a scene may depend on, the kind of database included."""
    settings = app.extensions["settings"]
    with app.app_context():
        store = db.engine.dialect.name
    return repr((store, settings.model_dump(exclude=OWN_PLACES)))


def _forget(moment: datetime) -> None:
    for name, held in list(_snapshots.items()):
        if not held.is_fresh(moment):
            del _snapshots[name]
