"""What a funded project is worth to a voter, in whole numbers."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from tallying.election import BallotStyle
from tallying.errors import InvalidRule
from tallying.profile import Integers, Profile


class Utility(StrEnum):
    """The scales on which a voter's gain from a project is measured."""

    CARDINALITY = "cardinality"
    COST = "cost"
    POINTS = "points"
    SCORE = "score"
    BORDA = "borda"


NATURAL = {
    BallotStyle.APPROVAL: Utility.CARDINALITY,
    BallotStyle.KNAPSACK: Utility.CARDINALITY,
    BallotStyle.RANKED: Utility.BORDA,
    BallotStyle.POINTS: Utility.POINTS,
    BallotStyle.SCORE: Utility.SCORE,
}
"""What a ballot says by itself, for rules that add up what ballots give."""

STYLES: dict[Utility, frozenset[BallotStyle]] = {
    Utility.CARDINALITY: frozenset(BallotStyle),
    Utility.COST: frozenset(BallotStyle),
    Utility.POINTS: frozenset({BallotStyle.POINTS}),
    Utility.SCORE: frozenset({BallotStyle.SCORE}),
    Utility.BORDA: frozenset({BallotStyle.RANKED}),
}
"""The ballot styles on which each utility can be measured."""


@dataclass(frozen=True)
class Support:
    """Who supports one project, and how much.

    `ballots` are positions in `Profile.ballots`; the utility of the project for a voter of
    `ballots[i]` is `units[i] * scale`, with every unit ≥ 1. `votes` counts the supporting voters,
    `score` is the sum of their utilities.
    """

    ballots: Integers
    units: Integers
    scale: int
    votes: int
    score: int

    @cached_property
    def distinct_units(self) -> Integers:
        """The units that occur, ascending; never empty."""
        return np.unique(self.units) if len(self.units) else np.ones(1, dtype=np.int64)


def supports(profile: Profile, utility: Utility) -> tuple[Support, ...]:
    """The support of each project, in the order of the election's projects.

    Raises `InvalidRule` when the ballots do not say what the utility asks for.
    """
    election, entries = profile.election, profile.entries
    if election.style not in STYLES[utility]:
        raise InvalidRule(f"The utility {utility} cannot be read from {election.style} ballots.")
    longest = election.limits.max_length or len(election.projects)
    found = []
    for position, project in enumerate(election.projects):
        part = slice(entries.starts[position], entries.starts[position + 1])
        ballots, units = entries.ballots[part], entries.numbers[part]
        if utility is Utility.BORDA:
            units = longest + 1 - units
            ballots, units = ballots[units > 0], units[units > 0]
        elif utility in (Utility.CARDINALITY, Utility.COST):
            units = np.ones_like(ballots)
        scale = project.cost if utility is Utility.COST else 1
        weights = profile.weights[ballots]
        score = scale * exact_dot(weights, units)
        found.append(Support(ballots, units, scale, int(weights.sum()), score))
    return tuple(found)


def exact_dot(weights: Integers, units: Integers) -> int:
    """Σ weights · units, in 64-bit integers where they cannot overflow, else in unbounded ones."""
    if not len(units):
        return 0
    if int(units.max()) * int(weights.sum()) < 2**63:
        return int(weights @ units)
    return sum(w * u for w, u in zip(weights.tolist(), units.tolist(), strict=True))
