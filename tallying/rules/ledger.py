"""Who supports what, in the arrays that equal shares works on; the same for every run of a contest."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers, Profile, Rows
from tallying.utilities import Support, Utility, entry_units, exact_dot

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Backing:
    """The supporters of one project: positions of their ballots, with weights and units.

    `units` is None where each supporter has one unit. `gains` are weights · units in floats;
    `gain` is their exact sum. Shapes are (supporting ballots,).
    """

    ballots: Integers
    weights: Floats
    units: Floats | None
    gains: Floats
    gain: int

    @classmethod
    def of(cls, support: Support, weights: Integers) -> Self:
        """The arrays of a project's support."""
        counted = weights[support.ballots].astype(np.float64)
        uniform = not len(support.units) or int(support.units.max()) == 1
        units = None if uniform else support.units.astype(np.float64)
        gain = exact_dot(weights[support.ballots], support.units)
        return cls(
            support.ballots, counted, units, counted if units is None else counted * units, gain
        )

    @cached_property
    def voters(self) -> float:
        """How many voters these are."""
        return float(self.weights.sum())

    def only(self, kept: NDArray[np.bool_], gain: int) -> "Backing":
        """The marked supporters, whose exact gain is known."""
        units = None if self.units is None else self.units[kept]
        weights = self.weights[kept]
        gains = weights if units is None else self.gains[kept]
        return Backing(self.ballots[kept], weights, units, gains, gain)

    def least_money(self, price: float) -> "Floats | float":
        """What each supporter pays in full at a price per unit."""
        return price if self.units is None else self.units * price


@dataclass(frozen=True)
class Ledger:
    """The supports of a contest by project, and turned around by ballot."""

    supports: tuple[Support, ...]
    weights: Integers
    entries: Rows | None = None
    """The same supports by ballot, with units for numbers, where they are at hand."""

    @classmethod
    def of(cls, profile: Profile, supports: tuple[Support, ...], utility: Utility) -> Self:
        """The supports of a profile's ballots; those of ballots added to it may be among them."""
        rows = profile.rows
        if len(rows) != len(profile.weights) or len(rows.projects) != sum(
            len(support.ballots) for support in supports
        ):
            return cls(supports, profile.weights)
        rows = Rows(rows.starts, rows.projects, entry_units(profile, utility))
        return cls(supports, profile.weights, rows)

    @cached_property
    def backings(self) -> tuple[Backing, ...]:
        """One for each project."""
        return tuple(Backing.of(support, self.weights) for support in self.supports)

    @cached_property
    def exact_in_floats(self) -> bool:
        """Whether every sum of weights times units is a whole number that a float can hold."""
        return all(backing.gain < 2**53 for backing in self.backings)

    @cached_property
    def by_ballot(self) -> tuple[Integers, Integers, Integers]:
        """Compressed sparse rows by ballot: starts, projects, units."""
        if self.entries is not None:
            return self.entries.starts, self.entries.projects, self.entries.numbers
        sizes = [len(support.ballots) for support in self.supports]
        projects = np.repeat(np.arange(len(sizes)), sizes)
        owners = np.concatenate([s.ballots for s in self.supports] or [np.zeros(0, np.int64)])
        units = np.concatenate([s.units for s in self.supports] or [np.zeros(0, np.int64)])
        order = np.argsort(owners, kind="stable")
        starts = np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=len(self.weights)))))
        return starts, projects[order], units[order]

    def rows(self, ballots: Integers) -> tuple[Integers, Integers, Integers]:
        """Everything that some ballots support: place in `ballots`, project and units of each."""
        starts, projects, units = self.by_ballot
        places, entries = spread(starts, ballots)
        return places, projects[entries], units[entries]

    @cached_property
    def entry_gains(self) -> Floats:
        """Weights times units of each entry by ballot; exact if `exact_in_floats`."""
        starts, _, units = self.by_ballot
        weights = np.repeat(self.weights.astype(np.float64), np.diff(starts))
        return weights if units.strides == (0,) else weights * units

    def gains(self, ballots: Integers, projects: list[int]) -> list[int]:
        """For each of some projects the exact Σ weights · units over the ballots."""
        if not projects or not len(ballots):
            return [0] * len(projects)
        if not self.exact_in_floats:
            return self._large_gains(ballots, projects)
        starts, supported, _ = self.by_ballot
        entries = spread(starts, ballots)[1]
        gains = self.entry_gains.take(entries)
        sums = np.bincount(supported.take(entries), weights=gains, minlength=len(self.supports))
        return [int(amount) for amount in sums[projects].tolist()]

    def _large_gains(self, ballots: Integers, projects: list[int]) -> list[int]:
        """The same in unbounded integers."""
        places, supported, units = self.rows(ballots)
        totals = dict.fromkeys(projects, 0)
        voters = self.weights[ballots][places].tolist()
        for project, unit, times in zip(supported.tolist(), units.tolist(), voters, strict=True):
            if project in totals:
                totals[project] += unit * times
        return [totals[project] for project in projects]


def spread(starts: Integers, rows: Integers) -> tuple[Integers, Integers]:
    """All entries of some compressed sparse rows: the place in `rows` and the position of each."""
    first = starts[rows]
    sizes = starts[rows + 1] - first
    places = np.repeat(np.arange(len(rows)), sizes)
    return places, np.arange(len(places)) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
