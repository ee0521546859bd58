"""Moving supporters and followers when one proposal becomes a part of another."""

from sqlalchemy import delete, select, update

from budget_app.browsing.models import Following, Support
from budget_app.extensions import db
from budget_app.proposals.models import Proposal


def move_supporters_and_followers(source: Proposal, target: Proposal) -> None:
    """Whoever supports or follows `source` does so with `target`, and counts once."""
    for table in (Support, Following):
        _move(table, source, target)
    db.session.flush()


def _move(table: type[Support] | type[Following], source: Proposal, target: Proposal) -> None:
    known = select(table.user_id).where(table.proposal_id == target.id)
    db.session.execute(
        delete(table).where(table.proposal_id == source.id, table.user_id.in_(known))
    )
    db.session.execute(
        update(table).where(table.proposal_id == source.id).values(proposal_id=target.id)
    )
