"""What voters still hold, exactly, for rules that give each voter an equal share.

Voters with the same ballot hold the same money, and many ballots hold the same amount. So money
is kept per class of equal amounts: class k holds `held[k] / unit` minor units, in unbounded
integers over one common denominator; `purse` maps each distinct ballot to its class. Class 0 is
empty.

Decisions are exact. Floats only narrow down which projects are looked at exactly:

- `approx[k]` is `held[k] / unit`, rounded correctly, so its relative error is at most
  u = 2⁻⁵³.
- For a project of cost c whose supporters hold money m_i with units u_i and weights w_i, and for
  any set S of them, Σ_S w_i m_i + r Σ_not S w_i u_i ≥ Σ w_i min(m_i, r u_i). So the price per
  unit r* at which the supporters pay c is at least (c − Σ_S w_i m_i) / Σ_not S w_i u_i, whatever
  S is, and equal to it for the set of those who pay all they have.
- A sum of N non-negative products, taken in floats, has a relative error below (N + 4) u. With
  `slack` = (N + 16) · 2u · (c + sum), (c − sum − slack) / weight, lowered by a relative
  (N + 16) · 2u for the weight and the last roundings, is therefore a true lower bound of r*, for
  every S that is tried.
- Starting from voters who are surely short and adding those whom the exact price shows to be
  short, every set S on the way gives a price ≤ r*, so nobody is added wrongly, and the first set
  to which nobody has to be added is the exact one.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.utilities import Support

Floats = NDArray[np.float64]

ROUNDING = 2.0**-53
NEAR = 1.0 + 2.0**-40
"""A ratio this much above a price is above it exactly, too."""


@dataclass(frozen=True)
class Price:
    """What supporters pay for a project: `numerator / (weight · unit)` per unit of utility.

    `groups` are the (class, unit) groups of supporters, `short[g]` says who pays all they have.
    """

    numerator: int
    weight: int
    groups: "Groups"
    short: NDArray[np.bool_]

    @property
    def factor(self) -> int:
        """By what the common denominator has to grow for this price."""
        return self.weight // gcd(self.numerator, self.weight)

    @property
    def amount(self) -> int:
        """What a voter who is not short pays per unit, over the denominator so grown."""
        return self.numerator // gcd(self.numerator, self.weight)


@dataclass(frozen=True)
class Groups:
    """The supporters of a project with money left, by class and unit of utility.

    `of_ballot[i]` is the group of the project's i-th ballot; `weights` count voters.
    """

    ballots: Integers
    of_ballot: Integers
    classes: Integers
    units: Integers
    weights: Integers


@dataclass(frozen=True)
class Purchase:
    """One purchase, for the account afterwards: each group's payment per voter over `unit`."""

    project: int
    groups: Groups
    payments: list[int]
    unit: int
    short: NDArray[np.bool_]

    def paid_by(self, members: NDArray[np.bool_], weights: Integers) -> Fraction:
        """What the voters of the marked ballots paid together, in minor units."""
        chosen = members[self.groups.ballots]
        voters = np.bincount(
            self.groups.of_ballot[chosen],
            weights=weights[self.groups.ballots[chosen]],
            minlength=len(self.payments),
        )
        present = np.flatnonzero(voters)
        total = sum(int(voters[group]) * self.payments[group] for group in present.tolist())
        return Fraction(total, self.unit)


class Purses:
    """The money of all voters; every ballot begins with the same endowment, in minor units."""

    def __init__(self, weights: Integers, endowment: Fraction) -> None:
        self.weights = weights
        self.unit = endowment.denominator
        self.held = [0, endowment.numerator]
        self.approx: Floats = np.array([0.0, float(endowment)])
        self.purse: Integers = np.full(len(weights), int(endowment > 0), dtype=np.int64)

    def groups(self, support: Support) -> Groups:
        """The supporters who still have money, by what they hold and what they gain."""
        classes = self.purse[support.ballots]
        alive = classes > 0
        ballots, classes, units = support.ballots[alive], classes[alive], support.units[alive]
        values = support.distinct_units
        keys = classes * len(values) + np.searchsorted(values, units)
        voters = np.bincount(keys, weights=self.weights[ballots])
        present = np.flatnonzero(voters)
        compact = np.zeros(len(voters), dtype=np.int64)
        compact[present] = np.arange(len(present))
        return Groups(
            ballots=ballots,
            of_ballot=compact[keys],
            classes=present // len(values),
            units=values[present % len(values)],
            weights=voters[present].astype(np.int64),
        )

    def bound(self, groups: Groups, cost: int) -> float | None:
        """A lower bound of the price per unit of utility; None when supporters cannot pay."""
        ratios = self.approx[groups.classes] / groups.units
        order = np.argsort(ratios, kind="stable")
        weights = groups.weights[order]
        money = np.cumsum(weights * self.approx[groups.classes[order]])
        if not len(money) or not self._can_pay(groups, cost, float(money[-1])):
            return None
        full = np.cumsum((weights.astype(np.float64) * groups.units[order])[::-1])[::-1]
        before = np.concatenate(([0.0], money[:-1]))
        error = _relative_error(groups)
        best = float(((cost - before - error * (cost + before)) / full).max())
        return max(0.0, best * (1 - error))

    def _can_pay(self, groups: Groups, cost: int, money: float) -> bool:
        if abs(money - cost) > _relative_error(groups) * (cost + money):
            return money > cost
        return self._total(groups) >= cost * self.unit

    def price(self, groups: Groups, cost: int, bound: float) -> Price:
        """The exact price per unit of utility; the supporters can pay, `bound` is from `bound`."""
        ratios = self.approx[groups.classes] / groups.units
        short = ratios * (1 + 4 * ROUNDING) < bound
        classes, units = groups.classes.tolist(), groups.units.tolist()
        weights = groups.weights.tolist()
        paid = sum(weights[g] * self.held[classes[g]] for g in np.flatnonzero(short).tolist())
        gains = [weight * unit for weight, unit in zip(weights, units, strict=True)]
        weight = sum(gains[g] for g in np.flatnonzero(~short).tolist())
        while True:
            missing = cost * self.unit - paid
            near = (ratios <= missing / (weight * self.unit) * NEAR) & ~short
            found = [
                g
                for g in np.flatnonzero(near).tolist()
                if self.held[classes[g]] * weight < missing * units[g]
            ]
            if not found:
                return Price(missing, weight, groups, short)
            short[found] = True
            paid += sum(weights[g] * self.held[classes[g]] for g in found)
            weight -= sum(gains[g] for g in found)

    def pay(self, project: int, price: Price) -> Purchase:
        """Take the money for a project out of its supporters' purses."""
        groups, factor, amount = price.groups, price.factor, price.amount
        self.unit *= factor
        if factor != 1:
            self.held = [held * factor for held in self.held]
        before = [self.held[k] for k in groups.classes.tolist()]
        payments = [
            held if is_short else amount * unit
            for held, is_short, unit in zip(
                before, price.short.tolist(), groups.units.tolist(), strict=True
            )
        ]
        self._move(groups, [held - paid for held, paid in zip(before, payments, strict=True)])
        return Purchase(project, groups, payments, self.unit, price.short)

    def _move(self, groups: Groups, after: list[int]) -> None:
        """Put each group into the class of what it now holds, and drop classes without ballots."""
        fresh = {0: 0}
        first = len(self.held) - 1
        target = [fresh.setdefault(held, first + len(fresh)) for held in after]
        new = list(fresh)[1:]
        self.held += new
        self.approx = np.concatenate((self.approx, [held / self.unit for held in new]))
        self.purse[groups.ballots] = np.array(target, dtype=np.int64)[groups.of_ballot]
        used = np.bincount(self.purse, minlength=len(self.held)) > 0
        used[0] = True
        kept = np.flatnonzero(used)
        renumber = np.cumsum(used) - 1
        self.held = [self.held[k] for k in kept.tolist()]
        self.approx = self.approx[kept]
        self.purse = renumber[self.purse]

    def together(self, support: Support) -> Fraction:
        """What the supporters of a project hold together, in minor units."""
        return Fraction(self._total(self.groups(support)), self.unit)

    def _total(self, groups: Groups) -> int:
        """What the groups hold together, over the common denominator."""
        held = self.held
        pairs = zip(groups.weights.tolist(), groups.classes.tolist(), strict=True)
        return sum(weight * held[k] for weight, k in pairs)


def _relative_error(groups: Groups) -> float:
    """The bound on the error of a sum over the groups, relative to its terms."""
    return (len(groups.weights) + 16) * 2 * ROUNDING
