"""What the database refuses is logged without the values that it was about."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.rehearsal.search import every_log_line
from tests.stores import Store

MARKER = "73069182-anna"
POLL = "INSERT INTO poll (round_id, state, epoch) VALUES (:value, 'draft', 0)"
BOX = "INSERT INTO box (round_id, box_id, ballot_size) VALUES (:value, 'north', 10)"
REFUSED = {
    "unique": (POLL, POLL),
    "foreign key": (BOX,),
    "check": ("INSERT INTO poll (round_id, state, epoch) VALUES (:value, 'draft', -1)",),
    "not null": ("INSERT INTO poll (round_id, state) VALUES (:value, 'draft')",),
    "type": ("SELECT CAST(CAST(:value AS text) AS integer)",),
}


def execute(store: Store, statements: Sequence[str]) -> None:
    """Each with the marker; a failure is logged as a server would."""
    try:
        with store.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), {"value": MARKER})
    except DBAPIError:
        logging.getLogger("budget_app").exception("A request failed.")
        raise


@pytest.mark.postgres
@pytest.mark.parametrize("constraint", REFUSED)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_value_of_a_refused_row_reaches_a_log(store: Store, constraint: str) -> None:
    with every_log_line() as said, pytest.raises(DBAPIError) as refused:
        execute(store, REFUSED[constraint])
    assert "SQLSTATE 2" in said.getvalue()
    assert MARKER not in said.getvalue()
    original: Any = refused.value.orig
    assert MARKER not in repr(original)
    assert original.diag.message_detail is None
