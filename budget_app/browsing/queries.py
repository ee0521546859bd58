"""What a person follows."""

from typing import Any

from flask_login import current_user
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.browsing import alerts, pages
from budget_app.browsing.finding import Wanted
from budget_app.browsing.following import Followed
from budget_app.browsing.models import Following, SavedSearch
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal


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
    """Proposals, rounds and hearings of one parliament, in the order in which they were followed."""

    def parliament_of(thing: Followed) -> int:
        return (thing.round_ if isinstance(thing, Proposal) else thing).parliament_id

    followed = alerts.followed_by(user)
    return [each for each in followed if parliament_of(each.thing) == parliament.id]


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
