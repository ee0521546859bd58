"""What every command that needs a database does first."""

from flask_migrate import upgrade
from sqlalchemy import inspect

from budget_app.extensions import db


def ensure_database() -> None:
    """Migrate an empty database; one that has tables is left to `flask db upgrade`."""
    tables = inspect(db.engine).get_table_names()
    if not tables:
        upgrade()
