"""How Alembic reaches the application's tables."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from voting.models import UtcDateTime

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the tables of SQLite's full-text search alone: they belong to no model."""
    return not (kind == "table" and (name or "").startswith("proposal_fts"))


def run(connection: Connection) -> None:
    """Migrate over one connection; batch mode, because SQLite cannot alter a table in place."""
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    message = "Migrations need a database to run on."
    raise RuntimeError(message)


def set_foreign_keys(connection: Connection, state: str) -> None:
    """On SQLite, before a transaction begins: inside of one the switch does nothing.

    Batch mode drops a table and makes it anew; with the keys on, its cascades would empty every
    table that hangs on it.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys = {state}")


with database.engine.connect() as connection:
    set_foreign_keys(connection, "OFF")
    try:
        run(connection)
    finally:
        set_foreign_keys(connection, "ON")
