"""All rows of a database, put back by the database's own means."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine

from tests.reuse import EMPTY

TABLES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
WHERE last_value IS NOT NULL
"""


class Rows(Protocol):
    """The rows of a whole database."""

    def restore(self, engine: Engine) -> None:
        """Put them in place of what is in a database of the same kind and schema."""


def kept(engine: Engine, path: Path) -> Rows:
    """The rows as they are now; those of SQLite in a file at `path`."""
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(str(engine.url.database))) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        return SQLiteRows(path)
    connection: Any = engine.raw_connection()
    with closing(connection), connection.cursor() as cursor:
        tables = {table: _copied(cursor, table) for (table,) in cursor.execute(TABLES).fetchall()}
        return PostgreSQLRows(tables, cursor.execute(SEQUENCES).fetchall())


@dataclass(frozen=True)
class SQLiteRows:
    """By SQLite's own hands: a server's thread may still hold a connection to the file."""

    path: Path

    def restore(self, engine: Engine) -> None:
        engine.dispose()
        with (
            closing(sqlite3.connect(self.path)) as source,
            closing(sqlite3.connect(str(engine.url.database))) as target,
        ):
            source.backup(target)


@dataclass(frozen=True)
class PostgreSQLRows:
    """By table, in PostgreSQL's binary format; and how far each sequence has counted."""

    tables: dict[str, bytes]
    sequences: list[tuple[str, int]]

    def restore(self, engine: Engine) -> None:
        connection: Any = engine.raw_connection()
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(EMPTY)  # leaves triggers and references out until the end
            for table, content in self.tables.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(content)
            for sequence, value in self.sequences:
                cursor.execute("SELECT setval(%s::regclass, %s)", (sequence, value))
            connection.commit()


def _copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(copy)
