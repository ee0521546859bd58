"""Letting a column of words hold further words, or fewer: for migrations only."""

import re
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

WORD = re.compile(r"'([^']*)'")


def allow(table: str, column: str, name: str, more: Iterable[str]) -> None:
    """Let the CHECK `ck_<table>_<name>` of `column` accept `more` words besides those of today.

    Today's words are read from the database, so that migrations need not repeat them.
    """
    _replace(table, column, name, [*_words(table, name), *more])


def forbid(table: str, column: str, name: str, words: Iterable[str]) -> None:
    """The way back: delete the rows that hold one of `words`, and accept them no longer."""
    gone = list(words)
    rows = sa.table(table, sa.column(column))
    op.execute(sa.delete(rows).where(rows.c[column].in_(gone)))
    _replace(table, column, name, [word for word in _words(table, name) if word not in gone])


def _words(table: str, name: str) -> list[str]:
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    return next(WORD.findall(c["sqltext"]) for c in checks if c["name"] == f"ck_{table}_{name}")


def _replace(table: str, column: str, name: str, words: list[str]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(constraint, type_="check")
        batch.create_check_constraint(constraint, sa.column(column).in_(words))
