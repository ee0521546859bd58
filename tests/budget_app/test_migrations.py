"""The schema's migrations, in both directions on both databases."""

from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from budget_app.extensions import db
from voting.database import writing


def test_the_models_need_no_other_schema_than_the_migrations_make(app: Flask) -> None:
    with app.app_context():
        check()


def test_every_migration_can_be_taken_back_and_made_again(app: Flask) -> None:
    with app.app_context(), writing():
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert "log_entry" in inspect(db.engine).get_table_names()
        check()
