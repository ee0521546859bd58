"""A PostgreSQL database that one test after another gets, emptied in between.

Making a database and dropping it takes ten times as long as most tests. A test that changes the
schema, and one whose database cannot be emptied, leaves its successor a new one.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

WATCH = """
CREATE SCHEMA watch;
CREATE TABLE watch.changes (tag text);
CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO watch.changes VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER watch_changes ON ddl_command_end EXECUTE FUNCTION watch.note();
CREATE EVENT TRIGGER watch_drops ON sql_drop EXECUTE FUNCTION watch.note();
"""
"""Writes down every statement that changes the schema."""

LEAVE = """
SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""Ends what a test left connected, with the locks it held."""

EMPTY = """
SET LOCAL session_replication_role = replica;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT format('DELETE FROM %I', tablename) AS statement FROM pg_tables
               WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE one.statement;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
"""Without triggers, which forbid to delete and look after references."""


class Reused:
    """Hands the same database out again and again; `made` makes one, with the schema and no rows."""

    def __init__(self, made: Callable[[], AbstractContextManager[str]]) -> None:
        self.made = made
        self.held = ExitStack()
        self.url: str | None = None
        self.connection: Connection

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database, to be used by one test at a time."""
        if self.url is None:
            self._take_a_new_one()
        assert self.url is not None
        yield self.url
        if not self._emptied():
            self.close()

    def close(self) -> None:
        """Drop the database."""
        self.held.close()
        self.url = None

    def _take_a_new_one(self) -> None:
        self.url = self.held.enter_context(self.made())
        engine = create_engine(self.url, poolclass=NullPool)
        self.connection = self.held.enter_context(engine.connect())
        self.connection.execute(text(WATCH))
        self.connection.commit()

    def _emptied(self) -> bool:
        """Whether the next test finds what this one found."""
        try:
            self.connection.execute(text(LEAVE))
            changed = self.connection.scalar(text("SELECT count(*) FROM watch.changes"))
            if not changed:
                self.connection.execute(text(EMPTY))
            self.connection.commit()
        except DBAPIError:
            return False
        return changed == 0
