"""What a funded project is worth to a voter, in whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tallying.election import BallotStyle, Election
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


_ALIKE = frozenset({Utility.CARDINALITY, Utility.COST})
"""Under these, one project is worth the same to all who name it."""


@dataclass(frozen=True)
class Support:
    """Who supports one project, and how much.

    `ballots` are positions in `Profile.rows`; the utility of the project for a voter of
    `ballots[i]` is `units[i] * scale`, with every unit ≥ 1. `votes` counts the supporting voters,
    `score` is the sum of their utilities.
    """

    ballots: Integers
    units: Integers
    scale: int
    votes: int
    score: int

    @classmethod
    def of(cls, tally: "Tally", position: int, scale: int) -> Self:
        """The support of the project at a position, whose ballots are looked up when asked for."""
        support = cls.__new__(cls)
        known = {"scale": scale, "votes": tally.votes[position]}
        support.__dict__.update(known, score=tally.points[position] * scale)
        support.__dict__["_source"] = (tally, position)
        return support

    def __getattr__(self, name: str) -> Integers:
        """Look the ballots up once, for a support that has none yet."""
        if name not in ("ballots", "units") or "_source" not in self.__dict__:
            raise AttributeError(name)
        tally, position = self.__dict__["_source"]
        self.__dict__["ballots"], self.__dict__["units"] = tally.supporters(position)
        found: Integers = self.__dict__[name]
        return found


def supports(profile: Profile, utility: Utility) -> tuple[Support, ...]:
    """The support of each project, in the order of the election's projects.

    Raises `InvalidRule` when the ballots do not say what the utility asks for.
    """
    election = profile.election
    if election.style not in STYLES[utility]:
        raise InvalidRule(f"The utility {utility} cannot be read from {election.style} ballots.")
    tally = Tally(profile, utility)
    return tuple(
        Support.of(tally, position, project.cost if utility is Utility.COST else 1)
        for position, project in enumerate(election.projects)
    )


@runtime_checkable
class Summed(Protocol):
    """A profile that adds up by itself what its ballots give."""

    def sums(self, utility: Utility) -> tuple[list[int], list[int]]:
        """As the function `sums`."""
        ...


def entry_units(profile: Profile, utility: Utility) -> Integers:
    """The units that each entry of `Profile.rows` stands for; below 1 where it gives nothing."""
    numbers = profile.rows.numbers
    if utility in _ALIKE:
        return np.broadcast_to(np.int64(1), numbers.shape)
    return _units(profile.election, utility, numbers)


@dataclass(frozen=True)
class Tally:
    """What all ballots give to each project, in one pass over them."""

    profile: Profile
    utility: Utility

    @cached_property
    def _sums(self) -> tuple[list[int], list[int]]:
        profile = self.profile
        return (
            profile.sums(self.utility)
            if isinstance(profile, Summed)
            else sums(profile, self.utility)
        )

    @property
    def votes(self) -> list[int]:
        """How many voters support each project."""
        return self._sums[0]

    @property
    def points(self) -> list[int]:
        """The exact sum of the units that the voters give each project."""
        return self._sums[1]

    def supporters(self, position: int) -> tuple[Integers, Integers]:
        """The ballots that support a project, and their units."""
        entries = self.profile.entries
        part = slice(entries.starts[position], entries.starts[position + 1])
        ballots = entries.ballots[part]
        units = _units(self.profile.election, self.utility, entries.numbers[part])
        kept = units > 0
        return (ballots, units) if kept.all() else (ballots[kept], units[kept])


def _units(election: Election, utility: Utility, numbers: Integers) -> Integers:
    """The units that entries with these numbers stand for; below 1 where they give nothing."""
    if utility in _ALIKE:
        return np.ones_like(numbers)
    if utility is Utility.BORDA:
        return (election.limits.max_length or len(election.projects)) + 1 - numbers
    return numbers


def sums(profile: Profile, utility: Utility) -> tuple[list[int], list[int]]:
    """For each project the votes, and the exact sum of the units that the voters give it.

    Below 2⁵³ every partial sum is a whole number that a float holds, so the sums of `bincount`
    are exact; larger ones are added up in unbounded integers.
    """
    election, rows = profile.election, profile.rows
    projects, weights = rows.projects, np.repeat(profile.weights, rows.lengths)
    units = None if utility in _ALIKE else _units(election, utility, rows.numbers)
    if units is not None and len(units) and int(units.min()) < 1:
        kept = units > 0
        projects, weights, units = projects[kept], weights[kept], units[kept]
    count = len(election.projects)
    votes = np.bincount(projects, weights=weights, minlength=count).astype(np.int64).tolist()
    if units is None or not len(units):
        return votes, votes
    if int(units.max()) * profile.total >= 2**53:
        return votes, _large_sums(projects, weights, units, count)
    points = np.bincount(projects, weights=weights * units, minlength=count)
    return votes, points.astype(np.int64).tolist()


def gains(supports: Sequence[Support], positions: Sequence[int], ballots: int) -> NDArray[Any]:
    """What each of `ballots` distinct ballots gains from some projects, shape (ballots,), exact.

    64-bit integers where no sum can overflow, even with one more project, else unbounded ones.
    """
    chosen = [supports[position] for position in positions]
    most = sum(s.scale * int(s.units.max()) for s in chosen if len(s.units))
    total = np.zeros(ballots, dtype=np.int64 if most < 2**62 else object)
    for support in chosen:
        total[support.ballots] += support.units.astype(total.dtype) * support.scale
    return total


def _large_sums(projects: Integers, weights: Integers, units: Integers, count: int) -> list[int]:
    sums = [0] * count
    for project, weight, unit in zip(
        projects.tolist(), weights.tolist(), units.tolist(), strict=True
    ):
        sums[project] += weight * unit
    return sums


def exact_dot(weights: Integers, units: Integers) -> int:
    """Σ weights · units, in 64-bit integers where they cannot overflow, else in unbounded ones."""
    if not len(units):
        return 0
    if int(units.max()) * int(weights.sum()) < 2**63:
        return int(weights @ units)
    return sum(w * u for w, u in zip(weights.tolist(), units.tolist(), strict=True))
