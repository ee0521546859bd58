"""The database itself refuses to change what the log has said.

Migrations run `statements(dialect)`; the tables are append-only from then on.
"""

from sqlalchemy import Connection, text

APPEND_ONLY = {
    "log_entry": ("round_id", "position"),
    "log_tile": ("round_id", "level", "tile_index"),
    "log_checkpoint": ("round_id", "size"),
}
"""Table → its primary key."""


def create(connection: Connection) -> None:
    """Install the triggers; they stay in the caller's transaction."""
    for statement in statements(connection.dialect.name):
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Remove the triggers (for a migration's way back)."""
    for statement in removals(connection.dialect.name):
        connection.execute(text(statement))


def statements(dialect: str) -> list[str]:
    """The DDL that makes the log's tables append-only, for `sqlite` or `postgresql`."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def removals(dialect: str) -> list[str]:
    """The DDL that takes `statements(dialect)` back."""
    if dialect == "postgresql":
        drops = [
            f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
            for table in APPEND_ONLY
            for name in ("append_only", "no_truncate")
        ]
        return [*drops, "DROP FUNCTION IF EXISTS refuse_change()"]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_{act}"
        for table in APPEND_ONLY
        for act in ("update", "delete", "replace")
    ]


def _sqlite() -> list[str]:
    refusals = [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in APPEND_ONLY
        for act in ("update", "delete")
    ]
    # INSERT OR REPLACE deletes the old row without firing a delete trigger.
    replacements = [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 — our names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_is_new(key)}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table, key in APPEND_ONLY.items()
    ]
    return [*refusals, *replacements]


def _is_new(key: tuple[str, ...]) -> str:
    return " AND ".join(f"{column} = NEW.{column}" for column in key)


def _postgresql() -> list[str]:
    function = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END$$"
    )
    changes = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in APPEND_ONLY
    ]
    truncations = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in APPEND_ONLY
    ]
    return [function, *changes, *truncations]
