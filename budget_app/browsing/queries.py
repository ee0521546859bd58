"""What a person follows."""

from typing import Any

from flask_login import current_user
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.browsing import alerts, pages
from budget_app.browsing.finding import Wanted
from budget_app.browsing.models import Following, SavedSearch
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round


@access.loader("following_id", gives="followed")
def load_following(_loaded: Loaded, number: Any) -> Following | None:
    """One's own only."""
    return db.session.scalars(
        select(Following).where(Following.id == number, Following.user_id == current_user.id)
    ).one_or_none()


@access.loader("search_id", gives="saved_search")
def load_search(_loaded: Loaded, number: Any) -> SavedSearch | None:
    """One's own only."""
    return db.session.scalars(
        select(SavedSearch).where(SavedSearch.id == number, SavedSearch.user_id == current_user.id)
    ).one_or_none()


def followed_in(user: User, parliament: Parliament) -> list[Following]:
    """Proposals and rounds of one parliament, in the order in which they were followed."""
    return [
        each for each in alerts.followed_by(user) if _round_of(each).parliament_id == parliament.id
    ]


def searches_in(
    user: User, parliament: Parliament
) -> list[tuple[SavedSearch, list[str], dict[str, str]]]:
    """Each saved search, what narrows it in words, and the parameters of its address."""
    found = []
    for saved in alerts.searches_of(user):
        if saved.round_.parliament_id == parliament.id:
            wanted = Wanted.from_terms(saved.terms)
            words = [text for text, _without in pages.chips(saved.round_, wanted)]
            found.append((saved, words, pages.parameters(wanted)))
    return found


def _round_of(each: Following) -> Round:
    round_ = each.proposal.round_ if each.proposal is not None else each.round_
    if round_ is None:
        message = f"Following {each.id} names nothing."
        raise RuntimeError(message)
    return round_
