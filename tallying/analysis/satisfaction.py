"""What the funded projects are worth to the voters: how many gain anything, and how much."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.analysis.exact import at_cost, counted_alike, fraction_text, funded_positions
from tallying.outcome import Outcome
from tallying.profile import Integers
from tallying.utilities import Support, Utility, gains

BUCKETS = 10
"""Into how many ranges the gains above 0 are sorted at most."""


@dataclass(frozen=True)
class Bucket:
    """How many voters gain between `least` and `most`, both included."""

    least: int
    most: int
    voters: int


@dataclass(frozen=True)
class Satisfaction:
    """The distribution of one utility over all voters, blank ballots included.

    `quartiles` are the gains that a quarter, a half and three quarters of the voters do not
    exceed (the least such gain that occurs). `most` is the most that anybody gains.
    """

    utility: str
    mean: Fraction
    quartiles: tuple[int, int, int]
    most: int
    buckets: tuple[Bucket, ...]

    def to_json(self) -> dict[str, Any]:
        """The distribution as a value of JSON."""
        return {
            "utility": self.utility,
            "mean": fraction_text(self.mean),
            "quartiles": list(self.quartiles),
            "most": self.most,
            "buckets": [asdict(bucket) for bucket in self.buckets],
        }


@dataclass(frozen=True)
class Satisfactions:
    """`represented` of `voters` support at least one project funded in full."""

    voters: int
    represented: int
    utilities: tuple[Satisfaction, ...]

    def to_json(self) -> dict[str, Any]:
        """The distributions as a value of JSON."""
        return {
            "voters": self.voters,
            "represented": self.represented,
            "utilities": [utility.to_json() for utility in self.utilities],
        }


def satisfactions(outcome: Outcome) -> Satisfactions:
    """Distributions of the number of funded projects, their cost, and what the ballots grade."""
    contest = outcome.contest
    weights, positions = contest.profile.weights, funded_positions(outcome)
    found = []
    represented = 0
    for utility, supports in _scales(outcome):
        gained = gains(supports, positions, len(weights))
        if utility == Utility.CARDINALITY:
            represented = int(weights[gained > 0].sum())
        found.append(_distribution(utility, gained, weights))
    return Satisfactions(contest.profile.total, represented, tuple(found))


def represented(supports: tuple[Support, ...], positions: list[int], weights: Integers) -> int:
    """How many voters support at least one of some projects."""
    members = np.zeros(len(weights), dtype=np.bool_)
    for position in positions:
        members[supports[position].ballots] = True
    return int(weights[members].sum())


def _scales(outcome: Outcome) -> Iterator[tuple[str, tuple[Support, ...]]]:
    contest = outcome.contest
    yield str(Utility.CARDINALITY), counted_alike(contest.natural)
    yield (
        str(Utility.COST),
        at_cost(contest.natural, [project.cost for project in contest.election.projects]),
    )
    if contest.utility not in (Utility.CARDINALITY, Utility.COST):
        yield str(contest.utility), contest.supports


def _distribution(utility: str, gained: NDArray[Any], weights: Integers) -> Satisfaction:
    order = np.argsort(gained, kind="stable")
    values, voters = gained[order], weights[order]
    upto = np.cumsum(voters)
    total = int(upto[-1]) if len(upto) else 0
    quarters = [_at(values, upto, -(-total * part // 4)) for part in (1, 2, 3)]
    most = int(values[-1]) if total else 0
    summed = sum(
        int(value) * int(times) for value, times in zip(*_merged(values, voters), strict=True)
    )
    return Satisfaction(
        utility=utility,
        mean=Fraction(summed, max(1, total)),
        quartiles=(quarters[0], quarters[1], quarters[2]),
        most=most,
        buckets=tuple(_buckets(values, voters, most)),
    )


def _merged(values: NDArray[Any], voters: Integers) -> tuple[list[Any], list[int]]:
    """The distinct ascending values, each with how many voters have it."""
    if not len(values):
        return [], []
    firsts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return values[firsts].tolist(), np.add.reduceat(voters, firsts).tolist()


def _at(values: NDArray[Any], upto: Integers, place: int) -> int:
    return int(values[np.searchsorted(upto, max(1, place))]) if len(values) else 0


def _buckets(values: NDArray[Any], voters: Integers, most: int) -> Iterator[Bucket]:
    """The voters who gain nothing, then equal ranges up to the most that anybody gains."""
    width = max(1, -(-most // BUCKETS))
    uppers = [0, *range(width, most + width, width)] if most else [0]
    before = 0
    least = 0
    for upper in uppers:
        end = int(np.searchsorted(values, upper, side="right"))
        yield Bucket(least, upper, int(voters[before:end].sum()))
        before, least = end, upper + 1
