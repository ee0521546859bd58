"""How evenly voters can carry the costs of some projects: a maximum flow from projects to voters.

Every project is a source of its cost c, its supporters may carry any parts of it, and everybody
may carry λ in all. That is possible if and only if c(S) ≤ λ · ‖N(S)‖ for every set S of the
projects, where N(S) are the voters who support one of S. Where it is not, a set that exceeds this
is found, and its c(S) / ‖N(S)‖ is the next λ to try, greater than the last: Dinkelbach's method.
The last λ is the greatest c(S) / ‖N(S)‖ there is, exactly, since everything is counted in
integers: λ = a / b, costs times b, and a times the voters of a ballot.

The flow is kept per project and ballot. What a project lacks is pushed to ballots with room, or to
ballots where it displaces a project that is nearer to such ballots; distances are measured anew
before each round of pushes, and a project that pushed all it could is farther away at the next
(Goldberg and Tarjan 1988, "A new approach to the maximum-flow problem").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers

Amounts = NDArray[Any]
"""Integers: 64 bits where that is enough, else unbounded."""

FAR = np.iinfo(np.int64).max
"""The distance from where there is no way."""

LARGEST = 2**62


@dataclass(frozen=True)
class Load:
    """The parts that voters carry: `parts[project][i]` is what the voters of the project's i-th
    ballot carry of it together, in units of 1 / `most.denominator`; nobody carries over `most`."""

    most: Fraction
    parts: Mapping[int, Amounts]


class Carriers:
    """The voters of a contest: the ballots that support each project, and the ballots' weights."""

    def __init__(
        self, ballots: Mapping[int, Integers], weights: Integers, costs: Mapping[int, int]
    ) -> None:
        self.ballots, self.weights, self.costs = ballots, weights, costs
        self.voters = int(weights.sum())

    def density(self, projects: list[int]) -> Fraction:
        """Cost for each voter who supports one of some projects."""
        members = np.zeros(len(self.weights), dtype=np.bool_)
        for project in projects:
            members[self.ballots[project]] = True
        cost = sum(self.costs[project] for project in projects)
        return Fraction(cost, int(self.weights[members].sum()))

    def spread(self, load: Load, project: int, most: Fraction) -> Load | Fraction:
        """Carry one more project, with at most `most` for everybody, not less than now.

        Where that is impossible, the greater cost per voter of a set that proves it.
        """
        flow = _Flow(self, load, project, most)
        dense = flow.fill()
        return self.density(dense) if dense else Load(most, flow.parts)


class _Flow:
    """One attempt to carry projects."""

    def __init__(self, carriers: Carriers, load: Load, project: int, most: Fraction) -> None:
        self._ballots = carriers.ballots
        projects = [*load.parts, project]
        costs = [carriers.costs[p] for p in projects]
        before, now = load.most.denominator, most.denominator
        small = max(max(costs) * before * now, sum(costs) * now, most.numerator * carriers.voters)
        kind: Any = np.int64 if small < LARGEST else object
        self.parts: dict[int, Amounts] = {
            p: parts.astype(kind) * now // before for p, parts in load.parts.items()
        }
        self.parts[project] = np.zeros(len(self._ballots[project]), dtype=kind)
        self._room = carriers.weights.astype(kind) * most.numerator
        for p, parts in self.parts.items():
            self._room[self._ballots[p]] -= parts
        self._lacking = {
            p: cost * now - int(self.parts[p].sum())
            for p, cost in zip(projects, costs, strict=True)
        }

    def fill(self) -> list[int]:
        """Push until no project lacks anything; else the projects that have too few voters."""
        while any(self._lacking.values()):
            near = self._distances()
            stuck = [project for project in self.parts if project not in self._levels]
            if any(self._lacking[project] for project in stuck):
                return stuck
            for level in range(max(self._levels.values()), 0, -1):
                self._push(level, near)
        return []

    def _distances(self) -> Integers:
        """How many displacements lead from each ballot to one with room; `_levels` of projects."""
        near = np.where(self._room > 0, 0, FAR).astype(np.int64)
        self._levels: dict[int, int] = {}
        far, level = list(self.parts), 0
        while True:
            level += 1
            reached = [p for p in far if (near[self._ballots[p]] < level).any()]
            if not reached:
                return near
            far = [p for p in far if p not in reached]
            for project in reached:
                self._levels[project] = level
                own = self._ballots[project][self.parts[project] > 0]
                near[own] = np.minimum(near[own], level)

    def _push(self, level: int, near: Integers) -> None:
        """Push what the projects of a level lack one step on."""
        lacking = [p for p, at in self._levels.items() if at == level and self._lacking[p]]
        if not lacking:
            return
        nearer = [p for p, at in self._levels.items() if at == level - 1]
        room = self._room if level == 1 else self._displaceable(nearer)
        for project in lacking:
            ballots = self._ballots[project]
            places = np.flatnonzero(near[ballots] == level - 1)
            free = room[ballots[places]]
            ahead = np.cumsum(free) - free
            taken = np.minimum(np.maximum(self._lacking[project] - ahead, 0), free)
            self.parts[project][places] += taken
            self._lacking[project] -= int(taken.sum())
            room[ballots[places]] -= taken
            if level > 1:
                self._displace(nearer, ballots[places], taken)

    def _displaceable(self, projects: list[int]) -> Amounts:
        """What each ballot carries of some projects."""
        carried = np.zeros_like(self._room)
        for project in projects:
            carried[self._ballots[project]] += self.parts[project]
        return carried

    def _displace(self, projects: list[int], ballots: Integers, amounts: Amounts) -> None:
        """Take amounts off ballots, from the first of some projects that they carry."""
        left = np.zeros_like(self._room)
        left[ballots] = amounts
        for project in projects:
            own = self._ballots[project]
            taken = np.minimum(left[own], self.parts[project])
            self.parts[project] -= taken
            left[own] -= taken
            self._lacking[project] += int(taken.sum())
