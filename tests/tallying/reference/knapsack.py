"""The best selection straight from its definition: all subsets, for elections of a few projects."""

from collections.abc import Sequence
from itertools import combinations

from tallying.election import Election, Project
from tests.tallying.reference.greedy import within_limits


def permitted(election: Election, funded: Sequence[Project]) -> bool:
    """Whether a selection keeps to the budget, to every limit and to every floor."""
    floors = all(
        sum(p.cost for p in funded if name in p.categories) >= amount
        for name, amount in election.category_floors.items()
    )
    budget = sum(p.cost for p in funded) <= election.budget
    return budget and floors and within_limits(election, funded)


def selections(election: Election, scores: dict[str, int]) -> list[tuple[int, frozenset[str]]]:
    """Every permitted selection of supported projects, with its total score."""
    supported = [p for p in election.projects if p.id in scores]
    return [
        (sum(scores[p.id] for p in subset), frozenset(p.id for p in subset))
        for size in range(len(supported) + 1)
        for subset in combinations(supported, size)
        if permitted(election, subset)
    ]


def optima(election: Election, scores: dict[str, int]) -> list[frozenset[str]]:
    """All selections of the greatest total; none when no selection is permitted."""
    found = selections(election, scores)
    best = max((score for score, _ in found), default=0)
    return [names for score, names in found if score == best]


def first(optima: Sequence[frozenset[str]], order: Sequence[str]) -> set[str]:
    """Going through the order, each project is in if some optimum agrees with all so far."""
    agreeing = list(optima)
    for name in order:
        agreeing = [names for names in agreeing if name in names] or agreeing
    return set(agreeing[0])
