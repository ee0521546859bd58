"""Reading the record of acts."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act, Record
from budget_app.rounds.models import Round

RECORDS_A_PAGE = 50
LAST_RECORDS = 200
"""Among which the last act on one thing is looked for: it was done while a form was open."""


def records_of(parliament: Parliament, page: int) -> Pagination:
    """One page, newest first; the last one for whoever asks for a later one."""
    query = select(Record).where(Record.parliament_id == parliament.id).order_by(Record.id.desc())
    found = db.paginate(query, page=page, per_page=RECORDS_A_PAGE, error_out=False)
    if page <= max(found.pages, 1):
        return found
    return db.paginate(query, page=found.pages, per_page=RECORDS_A_PAGE, error_out=False)


def last_to(
    act: Act, parliament: Parliament, round_: Round | None = None, **subject: Any
) -> User | None:
    """Who did `act` last on what has these facts, None for a fact that it lacks; None for nobody."""
    query = select(Record).where(Record.act == act, Record.parliament_id == parliament.id)
    if round_ is not None:
        query = query.where(Record.round_id == round_.id)
    for row in db.session.scalars(query.order_by(Record.id.desc()).limit(LAST_RECORDS)):
        if all(row.subject.get(name) == value for name, value in subject.items()):
            return db.session.get(User, row.actor_id) if row.actor_id else None
    return None


def actors(records: Sequence[Record]) -> dict[int, User]:
    """The people named by `records`, by their id."""
    ids = {record.actor_id for record in records if record.actor_id is not None}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))}


def records_opened(parliament_id: int) -> Iterator[tuple[dict[str, Any], str]]:
    """What opens each logged act of a parliament, and the name of who acted, in their order."""
    rows = db.session.execute(
        select(Record.opening, User)
        .outerjoin(User, Record.actor_id == User.id)
        .where(Record.parliament_id == parliament_id, Record.opening.is_not(None))
        .order_by(Record.id)
    )
    for opening, user in rows:
        yield opening, user.display_name if user else ""
