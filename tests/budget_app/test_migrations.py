"""The schema's migrations, in both directions on both databases."""

from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from budget_app.rounds.models import District, Round
from budget_app.rounds.services import create_round
from voting.database import writing

FIRST = "9aaf997fe8a1"
"""The first tables."""


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


def test_what_hangs_on_a_table_survives_its_change(app: Flask) -> None:
    """On SQLite a changed table is made anew, and nothing may fall with the old one."""
    with app.app_context(), writing():
        parliament = create_parliament(
            "example", {"en": "Example"}, languages=["en"], currency="EUR"
        )
        create_round(parliament, {"en": "Schools"}, by=None)
        db.session.commit()
        db.session.remove()
        downgrade(revision=FIRST)
        upgrade()
        assert len(db.session.scalars(db.select(Round)).all()) == 1
        assert len(db.session.scalars(db.select(District)).all()) == 1
        db.session.remove()
