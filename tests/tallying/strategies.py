"""Random elections with many ties, for properties and oracles."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tallying.election import BallotStyle, Election, Limits, Project
from tallying.profile import Profile

NAMES = "abcdefg"


@dataclass(frozen=True)
class Case:
    """An election, its ballots, and lots that leave no tie open."""

    election: Election
    profile: Profile
    lots: tuple[str, ...]


def _ballots(style: BallotStyle, ids: list[str]) -> st.SearchStrategy[list[Any]]:
    names = st.lists(st.sampled_from(ids), unique=True, max_size=len(ids))
    if not style.graded:
        return names
    return names.flatmap(
        lambda chosen: st.lists(st.integers(1, 4), min_size=len(chosen), max_size=len(chosen)).map(
            lambda numbers: [list(pair) for pair in zip(chosen, numbers, strict=True)]
        )
    )


@st.composite
def cases(draw: st.DrawFn, style: BallotStyle = BallotStyle.APPROVAL, least_cost: int = 1) -> Case:
    """Few projects with small costs and few voters: equal scores and equal prices abound."""
    ids = list(NAMES[: draw(st.integers(1, len(NAMES)))])
    costs = [draw(st.integers(least_cost, 6)) for _ in ids]
    projects = tuple(Project(name, name, cost) for name, cost in zip(ids, costs, strict=True))
    budget = draw(st.integers(1, 14))
    limit = draw(st.none() | st.integers(len(ids), len(ids) + 2))
    election = Election(projects, budget, style, Limits(max_length=limit))
    pairs = draw(
        st.lists(st.tuples(_ballots(style, ids), st.integers(1, 4)), min_size=1, max_size=9)
    )
    lots = tuple(draw(st.permutations(ids)))
    return Case(election, Profile.from_counts(election, pairs), lots)


@st.composite
def grouped(draw: st.DrawFn) -> Case:
    """Approval elections in which some projects exclude one another."""
    case = draw(cases(least_cost=0))
    groups = st.none() | st.sampled_from(["north", "south"])
    projects = tuple(
        Project(p.id, p.name, p.cost, exclusive_group=draw(groups)) for p in case.election.projects
    )
    election = Election(projects, case.election.budget, case.election.style)
    return Case(election, Profile.from_counts(election, case.profile.pairs()), case.lots)


DISTRICTS = ("north", "south", "")
CATEGORIES = ("parks", "roads")


@st.composite
def limited(
    draw: st.DrawFn, style: BallotStyle = BallotStyle.APPROVAL, floors: bool = False
) -> Case:
    """Elections with districts, categories, exclusive groups, and limits on some of them."""
    case = draw(cases(style, least_cost=0))
    groups = st.none() | st.sampled_from(["square", "station"])
    categories = st.lists(st.sampled_from(CATEGORIES), max_size=3).map(tuple)
    projects = tuple(
        Project(
            p.id,
            p.name,
            p.cost,
            categories=draw(categories),
            district=draw(st.sampled_from(DISTRICTS)),
            exclusive_group=draw(groups),
        )
        for p in case.election.projects
    )
    election = Election(
        projects,
        case.election.budget,
        style,
        case.election.limits,
        district_budgets=draw(_amounts({p.district for p in projects}, 0, 9)),
        category_caps=draw(_amounts({c for p in projects for c in p.categories}, 3, 9)),
        category_floors=(
            draw(_amounts({c for p in projects for c in p.categories}, 0, 3)) if floors else {}
        ),
    )
    return Case(election, Profile.from_counts(election, case.profile.pairs()), case.lots)


def _amounts(names: set[str], least: int, most: int) -> st.SearchStrategy[dict[str, int]]:
    """An amount for some of these names."""
    if not names:
        return st.just({})
    return st.dictionaries(st.sampled_from(sorted(names)), st.integers(least, most))
