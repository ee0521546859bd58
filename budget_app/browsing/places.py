"""What stands on the map of a round, as a whole or closer around some of its pins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from budget_app.browsing import map as maps
from budget_app.browsing.finding import Wanted, narrowed
from budget_app.browsing.groups import DEEPEST, Group, grouped
from budget_app.browsing.index import search
from budget_app.browsing.map import Cut
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Project, Round

MOST_PINS = 2_000
A_PAGE = 100
"""Of the list beside the map."""


@dataclass(frozen=True)
class Place:
    """What stands at a pin: a project once there is one, else the proposal of that number."""

    proposal_id: int
    title: dict[str, str]
    href: str
    place: str
    district: dict[str, str]
    is_project: bool


@dataclass(frozen=True)
class View:
    """A drawing with its pins in groups; `opened` are the groups that were pressed to come here."""

    drawing: maps.Map
    groups: list[Group]
    opened: list[str]

    @property
    def pins(self) -> list[maps.Pin]:
        return self.drawing.pins

    @property
    def is_closest(self) -> bool:
        """Whether coming closer would show the same."""
        return bool(self.opened) and len(self.groups) == 1


def map_of(round_: Round) -> tuple[maps.Map | None, list[maps.Pin]]:
    """The drawing of a round's places, and its pins; None where nothing is known of any."""
    drawing = maps.draw(_places(round_, Wanted()), _outlines(round_))
    return drawing, drawing.pins if drawing else []


def has_places(round_: Round, wanted: Wanted) -> bool:
    """Whether anything that fits is on the map."""
    return bool(_places(round_, wanted))


def view_of(round_: Round, wanted: Wanted, asked: Sequence[str]) -> View | None:
    """The map of what fits, as close as the groups that are `asked` for are there one in another."""
    outlines = _outlines(round_)
    drawing = maps.draw(_places(round_, wanted), outlines)
    if drawing is None:
        return None
    view = View(drawing, grouped(drawing.pins), [])
    for number in asked[:DEEPEST]:
        chosen = next((group for group in view.groups if _is_named(group, number)), None)
        if chosen is None:
            break
        view = _closer(chosen, outlines, [*view.opened, number])
    return view


def _closer(chosen: Group, outlines: dict[str, Any], opened: list[str]) -> View:
    """Around the pins of a group, with a piece of an outline unless only coming closer parts them."""
    places = [(p.latitude, p.longitude, p.item) for p in chosen.pins]
    drawings = [maps.draw(places, outlines, cut=cut) for cut in (Cut.LANDMARK, Cut.CLOSE)]
    views = [View(drawing, grouped(drawing.pins), opened) for drawing in drawings if drawing]
    return next((view for view in views if not view.is_closest), views[0])


def _is_named(group: Group, number: str) -> bool:
    return len(group.pins) > 1 and str(group.first.item.proposal_id) == number


def _places(round_: Round, wanted: Wanted) -> list[tuple[float, float, Place]]:
    rows: Any = db.session.execute(
        select(Proposal, Project)
        .outerjoin(Project, Project.proposal_id == Proposal.id)
        .where(Proposal.id.in_(narrowed(round_, wanted)), Proposal.latitude.is_not(None))
        .options(
            lazyload(Proposal.author),
            lazyload(Proposal.pictures),
            joinedload(Proposal.district),
            lazyload(Project.district),
        )
        .order_by(Proposal.id)
        .limit(MOST_PINS)
    )
    found = set(search(db.session(), round_.id, wanted.text)) if wanted.text else None
    return [
        (proposal.latitude, proposal.longitude, _place(proposal, project))
        for proposal, project in rows
        if found is None or proposal.id in found
    ]


def _outlines(round_: Round) -> dict[str, Any]:
    return {d.slug: d.outline for d in round_.districts if d.outline}


def _place(proposal: Proposal, project: Project | None) -> Place:
    if project is not None:
        title, href = project.names, url_for("rounds.project", project_key=project.key)
    else:
        title = {proposal.language: proposal.title}
        href = url_for("proposals.show", proposal_id=proposal.id)
    is_project = project is not None
    return Place(proposal.id, title, href, proposal.place, proposal.district.names, is_project)
