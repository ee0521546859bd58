"""What voters still hold under equal shares: floats to narrow down, integers to decide.

A voter who once pays all they have is *short* and dropped for good: they hold exactly nothing.
Everybody else has paid in full for every project that was bought and that they support, so they
hold exactly e − Σ P(q) · u(q) over those projects q, where e is the endowment and P(q) the price
of q per unit of utility. With a common denominator D of e and all prices, the money of any group
of live voters is therefore a few integers: e·D times their number, minus P(q)·D times the sum of
their units of q, for each q. Those sums are counts of ballots. Nothing is kept per voter but a
float.

Decisions are exact. The floats narrow down, with these bounds; u = 2⁻⁵³ and k purchases so far:

- **One voter.** P(q) is rounded once, P(q)·u(q) once more, and so is each difference; each of
  these numbers is at most e, since a live voter could pay P(q)·u(q). So a purse errs by less than
  (3k + 1) · u · e · (1 + 2⁻⁴⁰), which `slip` = (4k + 16) · u · e exceeds by more than 8 u · e.
- **A price from below.** For any set S of supporters and any price r per unit,
  Σ_S m + r · Σ_not S u ≥ Σ min(m, r·u) (sums over voters). So the price r* at which supporters
  pay the cost c together is at least (c − Σ_S m) / Σ_not S u, whatever S is, with equality for
  the set of those who pay all they have.
- **The same in floats.** A sum of N non-negative products has a relative error below (N + 4) u,
  and Σ_S m, which is the sum of all without those who are not in S, is at most e · W for W
  voters, so with the errors of the purses it is off by less than (N + 4k + 16) · 4u · (c + e·W):
  `slack`. The sum of units is off by a relative
  (N + 4) u < `relative`, and the last operations by a few u. So
  (c − Σ_S m − slack) / Σ_not S u · (1 − relative) is at most r*, exactly.
- **Who is short.** m < r·u − 2 `slip` for an r ≤ r* shows that a voter is short: the product and
  the difference err by at most 8 u · e together where r·u ≤ 4e, and above that everybody is.
  Beginning with those who surely are, `price` computes the exact (c − Σ_S m) / Σ_not S u and adds
  whoever is short at it, looking exactly at those within 2 `slip`. Every such price is ≤ r*, so
  nobody is added wrongly, and the first S to which nobody needs to be added is the exact one.
- **Who is left with nothing.** Whoever pays in full and is left with at most 4 `slip` in floats
  is looked at exactly, and is then dropped, or gets the exact remainder rounded once. All others
  hold a positive amount.

Peters, Pierczyński and Skowron 2021, section 3, define the payments.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.rules.ledger import Backing, Floats, Ledger
from tallying.utilities import exact_dot

ROUNDING = 2.0**-53
NEAR = 1.0 + 2.0**-40
"""A ratio this much above a price is above it exactly, too."""

TINY = 5e-324
"""The least positive float."""

SPARSE = 0.75
"""A project's supporters are listed anew when fewer than this share of them hold money."""

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Price:
    """What supporters pay for a project: `missing / (gain · unit)` per unit of utility.

    `backing` lists the supporters with money and `short[i]` says who of them pays all they have;
    `missing` is what the others pay together, times the common denominator `unit`, and `gain`
    the sum of their units.
    """

    project: int
    backing: Backing
    short: Marks
    missing: int
    gain: int
    unit: int

    @property
    def per_unit(self) -> Fraction:
        """Minor units per unit of utility."""
        return Fraction(self.missing, self.gain * self.unit)


class Purses:
    """The money of all voters in one run; everybody begins with the same endowment."""

    def __init__(self, ledger: Ledger, endowment: Fraction) -> None:
        self.ledger = ledger
        self.unit = endowment.denominator
        self.endowment = endowment.numerator
        self.bought: list[int] = []
        self.prices: list[int] = []
        """Of each project bought, its price per unit of utility, times `unit`."""
        self.short: list[Integers] = []
        """For each project bought, the ballots that paid all they had for it."""
        self.dropped: Integers = np.full(len(ledger.weights), len(ledger.supports), dtype=np.int64)
        """The purchase (from 0) after which a ballot holds nothing."""
        self._most = float(endowment)
        self.money: Floats = np.full(len(ledger.weights), self._most)
        if not endowment:
            self.dropped[:] = -1
        self.last: Floats = np.zeros(len(ledger.weights))
        """What a ballot that was short held before that."""
        self._live: dict[int, Backing] = {}
        self._looked_at: dict[int, tuple[Backing, Floats]] = {}
        """What supporters hold, as it was gathered since the last purchase."""

    @property
    def slip(self) -> float:
        """A bound on the error of `money`, in minor units."""
        return (4 * len(self.bought) + 16) * ROUNDING * self._most

    def bound(self, project: int, cost: int, known: float, enough: float) -> float | None:
        """A lower bound of the price per unit, or None when its supporters cannot pay.

        `known` is a lower bound from before. Stops early once the bound is above `enough`;
        otherwise it is as close as floats come.
        """
        backing, money = self.holders(project)
        relative = (len(money) + 4 * len(self.bought) + 16) * 4 * ROUNDING
        amounts = backing.weights * money
        together = float(amounts.sum())
        slack = relative * (cost + together + self._most * backing.voters)
        if not self._can_pay(backing, cost, together, slack):
            return None
        return least_price(backing, money, amounts, cost - slack, relative, known, enough)

    def _can_pay(self, backing: Backing, cost: int, together: float, slack: float) -> bool:
        if abs(together - cost) > slack:
            return together > cost
        return self.held(backing.ballots) >= cost * self.unit

    def holders(self, project: int) -> tuple[Backing, Floats]:
        """The supporters of a project, most of them with money, and what they hold."""
        if project in self._looked_at:
            return self._looked_at[project]
        backing = self._live.get(project) or self.ledger.backings[project]
        money = self.money.take(backing.ballots)
        if np.count_nonzero(money) < SPARSE * len(money):
            alive = money > 0
            backing = backing.only(alive, self.gain(backing, alive))
            money = money[alive]
            self._live[project] = backing
        self._looked_at[project] = backing, money
        return backing, money

    def held(self, ballots: Integers, before: int | None = None) -> int:
        """What some ballots hold together, or held before a purchase, times `unit`; exact.

        They were live then; those that are dropped by now count only with `before`.
        """
        if before is None:
            ballots = ballots[self.money[ballots] > 0]
        bought, prices = self.bought[:before], self.prices[:before]
        spent = self.ledger.gains(ballots, bought)
        voters = int(self.ledger.weights[ballots].sum())
        return self.endowment * voters - sum(
            price * gain for price, gain in zip(prices, spent, strict=True)
        )

    def price(self, project: int, cost: int, bound: float) -> Price:
        """The exact price per unit; the supporters can pay, and `bound` comes from `bound`."""
        backing, money = self.holders(project)
        alive = money > 0
        units = 1.0 if backing.units is None else backing.units
        short = (money < backing.least_money(bound) - 2 * self.slip) & alive
        paid = self.held(backing.ballots[short])
        while True:
            gain = self.gain(backing, alive & ~short)
            missing = cost * self.unit - paid
            if not missing or not gain:
                return Price(project, backing, short, 0, max(1, gain), self.unit)
            estimate = missing / (gain * self.unit)
            near = alive & ~short & (money <= units * estimate + 2 * self.slip)
            found = self._short_at(project, backing, np.flatnonzero(near), missing, gain)
            if not len(found):
                return Price(project, backing, short, missing, gain, self.unit)
            short[found] = True
            paid += self.held(backing.ballots[found])

    def at(self, project: int, missing: int, gain: int) -> Price:
        """What supporters pay at `missing / (gain · unit)` per unit, whatever it adds up to."""
        backing, money = self.holders(project)
        due = backing.least_money(missing / (gain * self.unit))
        near = due * 4 * ROUNDING + 2 * self.slip
        short = (money < due - near) & (money > 0)
        unclear = np.flatnonzero((money > 0) & ~short & (money <= due + near))
        short[self._short_at(project, backing, unclear, missing, gain)] = True
        return Price(project, backing, short, missing, gain, self.unit)

    def purse(self, project: int, ballot: int) -> tuple[int, int]:
        """What a ballot with money holds, times `unit`, and its units of a project; exact."""
        _, held, units = self._classes(np.array([ballot]), project)
        return held[0], units[0]

    def gain(self, backing: Backing, members: Marks) -> int:
        """The exact sum of the units of some supporters."""
        if self.ledger.exact_in_floats:
            return int(backing.gains @ members)
        units = np.ones(len(members)) if backing.units is None else backing.units
        return exact_dot(backing.weights[members].astype(np.int64), units[members].astype(np.int64))

    def _short_at(
        self, project: int, backing: Backing, places: Integers, missing: int, gain: int
    ) -> Integers:
        """Those of some supporters who hold less than `missing / gain` for each of their units."""
        if not len(places):
            return places
        groups, held, units = self._classes(backing.ballots[places], project)
        short = [amount * gain < missing * own for amount, own in zip(held, units, strict=True)]
        return places[np.array(short, dtype=np.bool_)[groups]]

    def _classes(self, ballots: Integers, project: int) -> tuple[Integers, list[int], list[int]]:
        """Ballots of equal history in one class: what each class holds, and its units of `project`.

        The first array gives each ballot its class. Money is exact, times `unit`.
        """
        columns = [*self.bought, project]
        column_of = np.full(len(self.ledger.supports), -1)
        column_of[columns] = np.arange(len(columns))
        places, projects, units = self.ledger.rows(ballots)
        columns_met = column_of[projects]
        known = columns_met >= 0
        table = np.zeros((len(ballots), len(columns)), dtype=np.int64)
        table[places[known], columns_met[known]] = units[known]
        kinds, groups = np.unique(table, axis=0, return_inverse=True)
        held = [
            self.endowment - sum(price * own for price, own in zip(self.prices, row, strict=False))
            for row in kinds.tolist()
        ]
        return groups.ravel(), held, [int(own) for own in kinds[:, -1].tolist()]

    def pay(self, price: Price) -> None:
        """Take the money for a project out of its supporters' purses."""
        factor = price.gain // gcd(price.missing, price.gain)
        amount = price.missing * factor // price.gain
        self.unit *= factor
        self.endowment *= factor
        self.prices = [old * factor for old in self.prices]
        backing, ballots = price.backing, price.backing.ballots
        money = self.money.take(ballots)
        self._looked_at.clear()
        full = (money > 0) & ~price.short
        after = np.where(full, money - backing.least_money(amount / self.unit), 0.0)
        empty = price.short.copy()
        unclear = np.flatnonzero(full & (after <= 4 * self.slip))
        if len(unclear):
            groups, held, units = self._classes(ballots[unclear], price.project)
            rest = [before - amount * own for before, own in zip(held, units, strict=True)]
            after[unclear] = np.array([_positive(left, self.unit) for left in rest])[groups]
            empty[unclear] = np.array([left == 0 for left in rest])[groups]
        self.last[ballots[price.short]] = money[price.short]
        self.money[ballots] = after
        self.dropped[ballots[empty]] = len(self.bought)
        self.short.append(ballots[price.short])
        self.bought.append(price.project)
        self.prices.append(amount)

    def payers(self, purchase: int) -> tuple[int, int]:
        """How many voters paid the whole price of a purchase, and how many all that they had."""
        weights = self.ledger.weights
        short = self.short[purchase]
        ballots = self.ledger.backings[self.bought[purchase]].ballots
        took_part = int(weights[ballots[self.dropped[ballots] >= purchase]].sum())
        paid_all = int(weights[short].sum())
        return took_part - paid_all, paid_all


def least_price(
    backing: Backing,
    money: Floats,
    amounts: Floats,
    cost: float,
    relative: float,
    known: float = 0.0,
    enough: float = inf,
) -> float:
    """A lower bound of the price per unit at which supporters pay a cost.

    `amounts` is their money times their weights; `cost` is lowered by the error of such sums, and
    `relative` is that of sums of units. The bound rises from `known` until it is above `enough`.
    """
    together = float(amounts.sum())
    best, before = known, inf
    while True:
        full = (money >= backing.least_money(best)).astype(np.float64)
        gain = float(backing.gains.dot(full))
        if gain in (before, 0.0):
            return best
        paid = together - float(amounts.dot(full))
        best = max(best, (cost - paid) / gain * (1 - relative))
        before = gain
        if best > enough:
            return best


def _positive(numerator: int, denominator: int) -> float:
    """A fraction as a float that is 0 only if the fraction is."""
    return max(numerator / denominator, TINY) if numerator else 0.0
