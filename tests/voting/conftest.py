"""Fixtures of the ballot box's tests."""

from tests.stores import database_url, postgresql_databases, sqlite_template, store

__all__ = ["database_url", "postgresql_databases", "sqlite_template", "store"]
