"""A database with the whole example in it goes through every migration, down and up again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Engine

from budget_app import create_app
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.budget_app.test_migrations import FIRST
from tests.example import Answer, copy_of_example, kinds_of_pages
from voting.database import writing

KEPT = (
    "parliament",
    "round",
    "district",
    "project",
    "voter",
    "envelope",
    "log_entry",
    "attestation",
)
"""Tables that the first migration made; nothing that they held may go with a later one."""


@pytest.fixture
def installation(
    database_url: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The example parliament, in the database of the test."""
    with copy_of_example(tmp_path_factory, sqlite_template) as example:
        if database_url.startswith("sqlite"):
            yield example
            return
        instance = tmp_path_factory.mktemp("example") / "instance"
        shutil.copytree(example.instance_path, instance)
        app = create_app(
            Settings(
                instance_path=instance,
                database_url=database_url,
                embedded_worker=False,
                log_level="ERROR",
            )
        )
        with example.app_context():
            source = db.engine
            with app.app_context():
                copy_rows(source, db.engine)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row of every table, in an order in which what rows point to stands first."""
    with source.connect() as reading, target.begin() as written:
        for table in db.metadata.sorted_tables:
            stored = [column for column in table.columns if column.computed is None]
            rows = reading.execute(select(*stored)).mappings().all()
            if rows:
                written.execute(insert(table), [dict(row) for row in rows])


def counted() -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(db.metadata.tables[name])) or 0
        for name in KEPT
    }


def test_a_filled_installation_goes_down_and_up_again_and_its_pages_answer(
    installation: Flask,
) -> None:
    with installation.app_context(), writing():
        before = counted()
        assert all(before.values()), before
        db.session.remove()
        downgrade(revision=FIRST)
        upgrade()
        check()
        assert counted() == before
        db.session.remove()
    client = installation.test_client()

    def get(path: str) -> Answer:
        with client.get(path) as answer:
            media_type = str(answer.mimetype)
            text = answer.get_data(as_text=True) if media_type.startswith("text/") else ""
            return Answer(answer.status_code, media_type, text)

    assert len(list(kinds_of_pages(installation, get, "en", "nobody"))) > 20


def test_the_example_of_an_earlier_version_is_upgraded_and_served_again(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with copy_of_example(tmp_path_factory, sqlite_template) as example:
        with example.app_context():
            downgrade(revision="-1")
            db.session.remove()
        said = example.test_cli_runner().invoke(args=["pb", "demo", "--no-serve"])
        assert said.exit_code == 0, said.output
        with example.app_context():
            check()
