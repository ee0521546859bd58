"""The history of a proposal: every saved change is a version that stays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.presentation.figures import money, number
from budget_app.presentation.texts import plain
from budget_app.proposals.costs import CostLine
from budget_app.proposals.differences import Piece, difference
from budget_app.proposals.goals import goal_name
from budget_app.proposals.models import Proposal, ProposalVersion
from budget_app.rounds.fields import category_name
from budget_app.rounds.models import Round
from voting import clock

Content = dict[str, Any]


def content_of(proposal: Proposal) -> Content:
    """All that authors write, as a version keeps it; files by the digests of their bytes."""
    return {
        "title": proposal.title,
        "summary": proposal.summary,
        "description": proposal.description,
        "district": proposal.district.slug,
        "place": proposal.place,
        "pin": None if proposal.latitude is None else [proposal.latitude, proposal.longitude],
        "categories": list(proposal.categories),
        "goals": list(proposal.goals),
        "estimate": proposal.estimate,
        "lines": [dict(row) for row in proposal.lines],
        "pictures": [[each.digest, each.description] for each in proposal.pictures],
        "attachments": [[each.digest, each.title] for each in proposal.attachments],
    }


def keep_version(proposal: Proposal, editor: User) -> None:
    """Add a version when something differs from the newest, or is public for the first time."""
    db.session.flush()
    newest = _newest(proposal)
    content = content_of(proposal)
    known = newest is not None and newest.content == content
    if known and newest is not None and newest.is_public == proposal.is_public:
        return
    version = ProposalVersion(
        proposal_id=proposal.id,
        number=newest.number + 1 if newest else 1,
        at=clock.now(db.session()),
        editor=editor,
        is_public=proposal.is_public,
        content=content,
    )
    db.session.add(version)
    db.session.flush()


def _newest(proposal: Proposal) -> ProposalVersion | None:
    return db.session.scalar(
        select(ProposalVersion)
        .where(ProposalVersion.proposal_id == proposal.id)
        .order_by(ProposalVersion.number.desc())
        .limit(1)
    )


def newest_number(proposal: Proposal) -> int:
    """The number of the present version; 0 when nothing was kept."""
    query = select(func.max(ProposalVersion.number)).where(
        ProposalVersion.proposal_id == proposal.id
    )
    return db.session.scalar(query) or 0


def versions_of(proposal: Proposal, *, drafts: bool) -> Sequence[ProposalVersion]:
    """The versions, newest first; those of the draft only where `drafts` says so."""
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
    if not drafts:
        query = query.where(ProposalVersion.is_public)
    return db.session.scalars(query.order_by(ProposalVersion.number.desc())).all()


@dataclass(frozen=True)
class FieldChange:
    """What became of one field between two versions."""

    label: LazyString
    pieces: list[Piece]


def changes_between(round_: Round, old: Content, new: Content) -> list[FieldChange]:
    """The fields that differ, in the order of the form, told in the page's language."""
    return [
        FieldChange(label, difference(tell(old, round_), tell(new, round_)))
        for name, (label, tell) in _FIELDS.items()
        if any(old[key] != new[key] for key in _KEYS.get(name, (name,)))
    ]


def changed_labels(old: Content, new: Content) -> list[LazyString]:
    """The names of the fields that differ."""
    return [
        label
        for name, (label, _tell) in _FIELDS.items()
        if any(old[key] != new[key] for key in _KEYS.get(name, (name,)))
    ]


Tell = Callable[[Content, Round], str]


def _text(name: str) -> Tell:
    return lambda content, _round: str(content[name])


def _district(content: Content, round_: Round) -> str:
    district = round_.district(content["district"])
    return plain(district.names) if district else str(content["district"])


def _pin(content: Content, _round: Round) -> str:
    return ", ".join(f"{degrees:.5f}" for degrees in content["pin"] or [])


def _categories(content: Content, _round: Round) -> str:
    return ", ".join(map(category_name, content["categories"]))


def _goals(content: Content, _round: Round) -> str:
    return "\n".join(map(goal_name, content["goals"]))


def _costs(content: Content, _round: Round) -> str:
    """One line of text for each line of the estimate, and the sum."""
    lines = [CostLine(**row) for row in content["lines"]]
    told = [
        f"{line.what}: {number(line.quantity)} × {money(line.amount)}"
        if line.quantity is not None
        else f"{line.what}: {money(line.amount)}"
        for line in lines
    ]
    estimate = [] if content["estimate"] is None else [money(content["estimate"])]
    return "\n".join([*told, *estimate])


def _files(name: str) -> Tell:
    return lambda content, _round: "\n".join(words for _digest, words in content[name])


_FIELDS: dict[str, tuple[LazyString, Tell]] = {
    "title": (_l("Title"), _text("title")),
    "summary": (_l("In two sentences"), _text("summary")),
    "description": (_l("What should be done, where, and for whom"), _text("description")),
    "district": (_l("District"), _district),
    "place": (_l("Name of the place"), _text("place")),
    "pin": (_l("Pin on the map"), _pin),
    "categories": (_l("Categories"), _categories),
    "goals": (_l("Sustainable Development Goals"), _goals),
    "costs": (_l("What it might cost"), _costs),
    "pictures": (_l("Pictures"), _files("pictures")),
    "attachments": (_l("Files"), _files("attachments")),
}
_KEYS = {"costs": ("lines", "estimate")}
