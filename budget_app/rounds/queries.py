"""Finding rounds, and the round's part of an address."""

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round, RoundState


@access.loader("round_slug", gives="round_")
def load_round(loaded: Loaded, slug: Any) -> Round | None:
    """A draft is found by the parliament's administrators only."""
    parliament: Parliament = loaded["parliament"]
    round_ = db.session.scalar(
        select(Round).where(Round.parliament_id == parliament.id, Round.slug == slug)
    )
    if round_ is None or not (round_.is_public or _may_see_drafts(parliament)):
        return None
    g.round = round_
    return round_


def _may_see_drafts(parliament: Parliament) -> bool:
    return current_user.is_authenticated and Role.ADMINISTRATOR in current_user.roles_in(parliament)


def public_rounds(parliament: Parliament) -> Sequence[Round]:
    """The parliament's announced rounds, newest first."""
    return db.session.scalars(
        select(Round)
        .where(Round.parliament_id == parliament.id, Round.state != RoundState.DRAFT)
        .order_by(Round.id.desc())
    ).all()
