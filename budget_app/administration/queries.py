"""Who holds which role in a parliament."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Membership, Role, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round, RoundState


@access.loader("member_id", gives="member")
def load_member(loaded: Loaded, number: Any) -> User | None:
    """Somebody who holds a role in the parliament."""
    parliament: Parliament = loaded["parliament"]
    return db.session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.parliament_id == parliament.id, User.id == number)
        .distinct()
    )


def members(parliament: Parliament) -> Sequence[Membership]:
    """Every official role of the parliament, people in the order of their addresses."""
    return db.session.scalars(
        select(Membership)
        .join(User, Membership.user_id == User.id)
        .where(Membership.parliament_id == parliament.id, Membership.role != Role.CITIZEN)
        .order_by(User.email, Membership.role)
    ).all()


def administrators(parliament: Parliament, *, lock: bool = False) -> int:
    """How many administrators the parliament has; locked, none leaves before the transaction ends."""
    held = (
        select(Membership.user_id)
        .where(Membership.parliament_id == parliament.id, Membership.role == Role.ADMINISTRATOR)
        .order_by(Membership.user_id)
    )
    return len(db.session.scalars(held.with_for_update() if lock else held).all())


def has_announced(parliament: Parliament) -> bool:
    """Whether a round of the parliament is announced, or has come further."""
    begun = select(Round.id).where(
        Round.parliament_id == parliament.id, Round.state != RoundState.DRAFT
    )
    return db.session.scalar(begun.limit(1)) is not None
