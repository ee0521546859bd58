"""A parliament with a hearing, and the people who meet in it."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from budget_app.hearings import live
from tests.budget_app.hearings.meeting import Meeting, called
from tests.stores import database_url as both_stores

__all__ = ["both_stores"]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite: pages of hearings do not depend on the store; `on_both_stores` is for what does."""
    if "on_both_stores" in request.fixturenames:
        return str(request.getfixturevalue("on_both_stores"))
    path = tmp_path / "platform.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    """A planned hearing in a parliament in English and Spanish; `pia` is in the chair."""
    app.extensions["live_fragments"] = live.Fragments(seconds=0)
    return called(app)
