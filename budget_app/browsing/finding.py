"""The public list of proposals: narrowed, searched, in an order that never repeats or drops one.

The numbers of all that fit are read, a few thousand at most, and put in order here: so a visitor's
random order is the same on both databases, and a page is a slice of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import lazyload, load_only

from budget_app.browsing.index import search
from budget_app.browsing.models import Support
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import MERGED, PUBLIC, WITHDRAWN
from budget_app.reviews.models import Merge, MergeState
from budget_app.rounds.models import District, Round

A_PAGE = 24
NEWEST, SUPPORTED, CHEAPEST, DEAREST = "new", "supported", "cheap", "dear"
PUT_ASIDE = (WITHDRAWN, MERGED)
"""What is listed only when it is asked for."""
ORDERS = (NEWEST, SUPPORTED, CHEAPEST, DEAREST)


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; empty means everything. `least` and `most` are in minor units."""

    text: str = ""
    district: str = ""
    category: str = ""
    goal: str = ""
    state: str = ""
    least: int | None = None
    most: int | None = None
    order: str = ""

    def terms(self) -> dict[str, str]:
        """What is looked for, as a saved search keeps it."""
        return {name: str(value) for name, value in vars(self).items() if value not in ("", None)}

    @classmethod
    def from_terms(cls, terms: dict[str, str]) -> "Wanted":
        given: dict[str, Any] = dict(terms)
        for name in ("least", "most"):
            if name in given:
                given[name] = int(given[name])
        return cls(**given)

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, order="") != Wanted()


@dataclass(frozen=True)
class Found:
    """One page of what fits; `went_into` leads from the number of a merged one to its other."""

    items: Sequence[Proposal]
    total: int
    page: int
    pages: int
    supporters: dict[int, int]
    went_into: dict[int, Proposal]


def find(round_: Round, wanted: Wanted, seed: str, page: int) -> Found:
    """One page, in the order asked for: else by relevance, else the visitor's own at random."""
    ids = find_ids(round_, wanted, seed)
    shown = ids[(page - 1) * A_PAGE : page * A_PAGE]
    return Found(
        items=load(shown),
        total=len(ids),
        page=page,
        pages=max(-(-len(ids) // A_PAGE), 1),
        supporters=supporters(shown),
        went_into=_went_into(shown) if wanted.state == MERGED else {},
    )


def find_ids(round_: Round, wanted: Wanted, seed: str = "") -> list[int]:
    """The numbers of every public proposal of the round that fits, in order."""
    ids = list(db.session.scalars(_in_order(narrowed(round_, wanted), wanted.order)))
    if not wanted.text:
        return ids if wanted.order in ORDERS else shuffled(ids, seed)
    best_first = search(db.session(), round_.id, wanted.text)
    if wanted.order in ORDERS:
        fitting = set(best_first)
        return [number for number in ids if number in fitting]
    fitting = set(ids)
    return [number for number in best_first if number in fitting]


def shuffled(ids: Iterable[int], seed: str) -> list[int]:
    """A random order that `seed` fixes, whatever joins or leaves: by a hash of both."""
    key = seed.encode()[:64]
    return sorted(ids, key=lambda n: (blake2b(b"%d" % n, key=key, digest_size=8).digest(), n))


def load(ids: Sequence[int]) -> list[Proposal]:
    """Proposals as a card shows them, in this order, by one query."""
    rows = db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(ids))
        .options(
            load_only(
                Proposal.title,
                Proposal.summary,
                Proposal.language,
                Proposal.state,
                Proposal.categories,
                Proposal.estimate,
                Proposal.cost,
                Proposal.withdrawn_at,
                Proposal.withdrawal_reason,
            ),
            lazyload(Proposal.author),
        )
    )
    by_id = {proposal.id: proposal for proposal in rows}
    return [by_id[number] for number in ids if number in by_id]


def supporters(ids: Sequence[int]) -> dict[int, int]:
    """How many people support each of these proposals."""
    rows = db.session.execute(
        select(Support.proposal_id, func.count())
        .where(Support.proposal_id.in_(ids))
        .group_by(Support.proposal_id)
    )
    return dict(iter(rows))


def _went_into(ids: Sequence[int]) -> dict[int, Proposal]:
    """Where each of these merged proposals goes on, by one query."""
    merges = db.session.execute(
        select(Merge.source_id, Proposal)
        .join(Proposal, Proposal.id == Merge.target_id)
        .where(Merge.source_id.in_(ids), Merge.state == MergeState.DONE)
        .options(load_only(Proposal.title, Proposal.language), lazyload("*"))
    )
    return dict(iter(merges))


def new_in(round_: Round, wanted: Wanted, since: datetime, until: datetime) -> list[Proposal]:
    """What was submitted after `since` and fits, oldest first."""
    new = narrowed(round_, wanted).where(
        Proposal.submitted_at > since, Proposal.submitted_at <= until
    )
    ids = list(db.session.scalars(new.order_by(Proposal.submitted_at, Proposal.id)))
    if wanted.text and ids:
        fitting = set(search(db.session(), round_.id, wanted.text))
        ids = [number for number in ids if number in fitting]
    return load(ids)


def narrowed(round_: Round, wanted: Wanted) -> Select[int]:
    """The numbers of what fits, whatever its words."""
    states = (wanted.state,) if wanted.state in PUT_ASIDE else PUBLIC
    query = select(Proposal.id).where(
        Proposal.round_id == round_.id,
        Proposal.state.in_(states),
        Proposal.submitted_at.is_not(None),
    )
    if wanted.district:
        query = query.join(District, Proposal.district_id == District.id).where(
            District.slug == wanted.district
        )
    if wanted.category:
        query = query.where(_holds(Proposal.categories, f'"{wanted.category}"'))
    if wanted.goal:
        query = query.where(_holds(_without_spaces(Proposal.goals), f",{wanted.goal},"))
    if wanted.state in PUBLIC:
        query = query.where(Proposal.state == wanted.state)
    if wanted.least is not None:
        query = query.where(_amount() >= wanted.least)
    if wanted.most is not None:
        query = query.where(_amount() <= wanted.most)
    return query


def _in_order(query: Select[int], order: str) -> Select[int]:
    if order == SUPPORTED:
        counts = (
            select(Support.proposal_id, func.count().label("number"))
            .group_by(Support.proposal_id)
            .subquery()
        )
        query = query.outerjoin(counts, counts.c.proposal_id == Proposal.id)
        return query.order_by(func.coalesce(counts.c.number, 0).desc(), Proposal.id)
    if order == CHEAPEST:
        return query.order_by(_amount().is_(None), _amount(), Proposal.id)
    if order == DEAREST:
        return query.order_by(_amount().is_(None), _amount().desc(), Proposal.id)
    return query.order_by(Proposal.submitted_at.desc(), Proposal.id.desc())


def _amount() -> Any:
    """What the office found it costs, else what its author guesses."""
    return func.coalesce(Proposal.cost, Proposal.estimate)


def _without_spaces(numbers: Any) -> Any:
    """A JSON list of numbers as `,1,13,`, so that 1 is not found in 13."""
    text: Any = cast(numbers, Text)
    for sign, written in (("[", ","), ("]", ","), (" ", "")):
        text = func.replace(text, sign, written)
    return text


def _holds(column: Any, member: str) -> Any:
    """Whether a JSON list has a member: both databases keep lists as text."""
    return cast(column, Text).contains(member, autoescape=True)
