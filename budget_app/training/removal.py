"""Removing exercises that were closed long ago: rows, logs, keys and files.

An exercise promises nothing to anybody, so its logs go too, which the database otherwise refuses:
the triggers are lifted within the transaction that deletes. Only the tables' owner can do that.
"""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Column, ColumnElement, ForeignKeyConstraint, Table, delete, or_, select

from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.secrecy import evidence_folder
from voting import clock, triggers
from voting.keys import KeyStore
from voting.models import Base, Poll

Known = dict[Column[Any], list[Any]]
"""What the exercise's rows say in the columns that other tables refer to."""


def removable(kept: timedelta) -> Sequence[Parliament]:
    """Exercises that were closed more than `kept` ago, the oldest first."""
    before = clock.now(db.session()) - kept
    return db.session.scalars(
        select(Parliament)
        .where(Parliament.is_exercise, Parliament.retired_at < before)
        .order_by(Parliament.retired_at, Parliament.id)
    ).all()


def remove(exercise: Parliament) -> None:
    """Delete everything of one exercise, and commit.

    Files go last: a crash leaves them without their rows, and never rows without their files.
    """
    slug = exercise.slug
    connection = db.session.connection()
    with triggers.lifted(connection):
        for table, owned in reversed(_tables(exercise)):
            db.session.execute(delete(table).where(owned))
    db.session.commit()
    keys: KeyStore = current_app.extensions["keys"]
    shutil.rmtree(keys.folder / slug, ignore_errors=True)
    for path in evidence_folder().glob(f"{slug}_*"):
        path.unlink(missing_ok=True)


def _tables(exercise: Parliament) -> list[tuple[Table, ColumnElement[bool]]]:
    """Every table that holds something of the exercise, and which rows; parents come first."""
    roots: dict[Table, ColumnElement[bool]] = {
        _table(Parliament): Parliament.id == exercise.id,
        _table(Poll): Poll.round_id.startswith(f"{exercise.slug}/", autoescape=True),
    }
    known: Known = {}
    found = []
    for table in Base.metadata.sorted_tables:
        owned = roots.get(table, _owned(table, known))
        if owned is not None:
            found.append((table, owned))
            for column in _referred_to(table):
                known[column] = list(db.session.scalars(select(column).where(owned).distinct()))
    return found


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _owned(table: Table, known: Known) -> ColumnElement[bool] | None:
    """Rows that refer to rows of the exercise; a reference that may be emptied owns nothing."""
    clauses = []
    for constraint in table.foreign_key_constraints:
        column, to = _ends(constraint)
        if constraint.ondelete != "SET NULL" and known.get(to):
            clauses.append(column.in_(known[to]))
    return or_(*clauses) if clauses else None


def _ends(constraint: ForeignKeyConstraint) -> tuple[Column[Any], Column[Any]]:
    """Of a reference by several columns the round: the others mean something within it alone."""
    elements = constraint.elements
    chosen = next((e for e in elements if e.parent.name == "round_id"), elements[0])
    return chosen.parent, chosen.column


def _referred_to(table: Table) -> set[Column[Any]]:
    return {
        to
        for other in Base.metadata.tables.values()
        for constraint in other.foreign_key_constraints
        for _from, to in [_ends(constraint)]
        if to.table is table and other is not table
    }
