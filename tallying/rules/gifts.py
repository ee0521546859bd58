"""What voters give to projects when everyone splits an equal share of the budget."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.rules.ledger import Floats
from tallying.rules.parts import PRECISION
from tallying.rules.rule import Contest

ROUNDING = 2.0**-50


class Gifts:
    """Each distinct ballot's holding, in parts of a minor unit, split by what the ballot gives.

    Money comes back in proportion to a voter's other gifts, so all the gifts of a voter always
    stand in the proportion of the ballot's numbers: the holding alone says everything. A voter
    whose last live project is gone loses the rest.

    A payment makes of an error e in the holdings one of at most (e · (3n + 2) + 1) · 2k parts,
    where gifts are raised by at most k, the greatest sum of a ballot's numbers. So after m
    payments it is below (16 · k · (n + 2))^m parts, and that of a support n times as much.
    """

    def __init__(self, contest: Contest, live: Iterable[int]) -> None:
        voters, self.supports = contest.profile.total, contest.supports
        self.weights = contest.profile.weights
        self.live = set(live)
        self._numbers: Integers = np.zeros(len(self.weights), dtype=np.int64)
        """What each ballot gives to all live projects together."""
        for position in self.live:
            self._numbers[self.supports[position].ballots] += self.supports[position].units
        payments, most = len(self.live) + 1, int(self._numbers.max(initial=1))
        guard = payments * ((voters + 2).bit_length() + most.bit_length() + 4)
        self.unit, self.tolerance = 1 << (PRECISION + guard), 1 << guard
        share = contest.election.budget * self.unit // max(1, voters)
        self._held: NDArray[Any] = np.zeros(len(self.weights), dtype=object)
        self._held[self._numbers > 0] = share
        self._about: Floats = np.where(self._numbers > 0, share / self.unit, 0.0)
        """The holdings as floats, each rounded once."""

    def support(self, position: int) -> int:
        """The gifts to a live project together, in parts."""
        return int(sum(self._each(position) * self._cast(position)))

    def about(self, position: int) -> float:
        """The same within `error` of itself."""
        found = self.supports[position]
        shares = found.units / np.maximum(1, self._numbers[found.ballots])
        return float((self._about[found.ballots] * shares * self.weights[found.ballots]).sum())

    @property
    def error(self) -> float:
        """What a sum of floats is off by at most, relative to itself."""
        return (len(self.weights) + 16) * ROUNDING

    def reachable(self, position: int, cost: int) -> bool:
        """Whether those who give to a project hold its cost together."""
        ballots = self.supports[position].ballots
        about = float((self._about[ballots] * self.weights[ballots]).sum())
        if abs(about - cost) > self.error * (about + cost):
            return about > cost
        held = int(sum(self._held[ballots] * self._cast(position)))
        return held >= cost * self.unit - self.tolerance

    def pay(self, position: int, cost: int) -> None:
        """Take the cost out of the gifts to a project, each giving the same part."""
        gifts, total = self._each(position), self.support(position)
        if cost and total:
            self._spend(position, gifts * min(total, cost * self.unit) // total)
        self.drop(position)

    def raise_and_pay(self, position: int, cost: int) -> None:
        """Raise all gifts to a project by one factor, up to all that a voter holds, and take them.

        A gift is all that is held at the factor `numbers` / `units` of its ballot.
        """
        ballots, units = self.supports[position].ballots, self.supports[position].units
        gifts, cast = self._each(position), self._cast(position)
        pairs = np.stack([self._numbers[ballots], units])
        _, first, group = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
        group = group.reshape(-1)
        factors = [Fraction(int(pairs[0, place]), int(pairs[1, place])) for place in first]
        paid, missing, giving = self._held[ballots], cost * self.unit, int(sum(gifts * cast))
        for place in sorted(range(len(factors)), key=factors.__getitem__):
            factor, members = factors[place], group == place
            if missing * factor.denominator <= factor.numerator * giving:
                break
            missing -= int(sum((paid * cast)[members]))
            giving -= int(sum((gifts * cast)[members]))
            gifts[members] = 0
        if giving > 0:
            raised = np.flatnonzero(gifts > 0)
            paid[raised] = np.minimum(paid[raised], gifts[raised] * max(0, missing) // giving)
        self._spend(position, paid)
        self.drop(position)

    def drop(self, position: int) -> None:
        """Take a project out: what it was given goes to its givers' other live projects."""
        self.live.discard(position)
        found = self.supports[position]
        self._numbers[found.ballots] -= found.units
        lost = found.ballots[self._numbers[found.ballots] == 0]
        self._held[lost] = 0
        self._about[lost] = 0.0

    def _each(self, position: int) -> NDArray[Any]:
        """Each giver's gift, in parts."""
        found = self.supports[position]
        numbers = np.maximum(1, self._numbers[found.ballots]).astype(object)
        gifts: NDArray[Any] = self._held[found.ballots] * found.units.astype(object) // numbers
        return gifts

    def _cast(self, position: int) -> NDArray[Any]:
        return self.weights[self.supports[position].ballots].astype(object)

    def _spend(self, position: int, paid: NDArray[Any]) -> None:
        ballots = self.supports[position].ballots
        self._held[ballots] -= paid
        self._about[ballots] = (self._held[ballots] / self.unit).astype(np.float64)
