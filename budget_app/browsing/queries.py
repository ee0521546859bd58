"""What a person follows, and what stands on the map of a round."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.browsing import alerts, pages
from budget_app.browsing import map as maps
from budget_app.browsing.finding import Wanted
from budget_app.browsing.models import Following, SavedSearch
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.rounds.models import Project, Round

MOST_PINS = 2_000


@dataclass(frozen=True)
class Place:
    """What stands at a pin: a project once there is one, else the proposal."""

    title: dict[str, str]
    href: str
    place: str
    district: dict[str, str]
    is_project: bool


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


def map_of(round_: Round) -> tuple[maps.Map | None, list[maps.Pin]]:
    """The drawing of a round's places, and its pins; None where nothing is known of any."""
    rows = db.session.execute(
        select(Proposal, Project)
        .outerjoin(Project, Project.proposal_id == Proposal.id)
        .where(
            Proposal.round_id == round_.id,
            Proposal.state.in_(PUBLIC),
            Proposal.latitude.is_not(None),
        )
        .options(
            lazyload(Proposal.author),
            lazyload(Proposal.pictures),
            joinedload(Proposal.district),
            lazyload(Project.district),
        )
        .order_by(Proposal.id)
        .limit(MOST_PINS)
    ).all()
    places = [
        (p.latitude, p.longitude, _place(p, project))
        for p, project in rows
        if p.latitude is not None and p.longitude is not None
    ]
    outlines = {d.slug: d.outline for d in round_.districts if d.outline}
    drawing = maps.draw(places, outlines)
    return drawing, drawing.pins if drawing else []


def _place(proposal: Proposal, project: Project | None) -> Place:
    if project is not None:
        title, href = project.names, url_for("rounds.project", project_key=project.key)
    else:
        title = {proposal.language: proposal.title}
        href = url_for("proposals.show", proposal_id=proposal.id)
    return Place(title, href, proposal.place, proposal.district.names, project is not None)


def _round_of(each: Following) -> Round:
    round_ = each.proposal.round_ if each.proposal is not None else each.round_
    if round_ is None:
        message = f"Following {each.id} names nothing."
        raise RuntimeError(message)
    return round_
