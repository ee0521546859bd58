"""The database itself refuses to change what the log has said.

Migrations run `statements(dialect)`; the tables are append-only from then on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

APPEND_ONLY = {
    "log_entry": ("round_id", "position"),
    "log_tile": ("round_id", "level", "tile_index"),
    "log_checkpoint": ("round_id", "size"),
    "log_cosignature": ("round_id", "witness", "size"),
    "handed_acceptance": ("round_id", "leaf_hash"),
}
"""Table → its primary key."""

FIRST = ("log_entry", "log_tile", "log_checkpoint")
"""The tables of the first migration; what came later is named by its own."""


def create(connection: Connection, tables: Sequence[str] = FIRST) -> None:
    """Install the triggers of `tables`; they stay in the caller's transaction."""
    for statement in statements(connection.dialect.name, tables):
        connection.execute(text(statement))


def drop(connection: Connection, tables: Sequence[str] = FIRST) -> None:
    """Remove the triggers of `tables` (for a migration's way back)."""
    for statement in removals(connection.dialect.name, tables):
        connection.execute(text(statement))


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Let rows of all append-only tables be deleted until the end, for exercises alone.

    Within the caller's transaction: nobody else sees the tables without their triggers, and a
    rollback brings them back. PostgreSQL refuses it to everybody but the tables' owner.
    """
    drop(connection, tuple(APPEND_ONLY))
    yield
    create(connection, tuple(APPEND_ONLY))


def statements(dialect: str, tables: Sequence[str]) -> list[str]:
    """The DDL that makes tables append-only, for `sqlite` or `postgresql`."""
    return _postgresql(tables) if dialect == "postgresql" else _sqlite(tables)


def removals(dialect: str, tables: Sequence[str]) -> list[str]:
    """The DDL that takes `statements` back; the function goes with the first tables."""
    if dialect == "postgresql":
        drops = [
            f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
            for table in tables
            for name in ("append_only", "no_truncate")
        ]
        first = set(FIRST) <= set(tables)
        return [*drops, *(["DROP FUNCTION IF EXISTS refuse_change()"] if first else [])]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_{act}"
        for table in tables
        for act in ("update", "delete", "replace")
    ]


def _sqlite(tables: Sequence[str]) -> list[str]:
    refusals = [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in tables
        for act in ("update", "delete")
    ]
    # INSERT OR REPLACE deletes the old row without firing a delete trigger.
    replacements = [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 — our names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_is_new(APPEND_ONLY[table])}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in tables
    ]
    return [*refusals, *replacements]


def _is_new(key: tuple[str, ...]) -> str:
    return " AND ".join(f"{column} = NEW.{column}" for column in key)


def _postgresql(tables: Sequence[str]) -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END$$"
    )
    changes = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in tables
    ]
    truncations = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in tables
    ]
    return [function, *changes, *truncations]
