"""One run of equal shares with bounded overspending.

For a project of cost c whose supporters hold m_i with u_i units, voters counted, and for any
price λ per unit, α(λ) = min(1, Σ min(m_i, λ·u_i) / c) is how much of it they could pay. What is
looked for is the least λ / α(λ)². Between two neighbouring m_i / u_i the sum is P + λ·U, and
λ / (P + λ·U)² first rises and then falls, or only falls; where α = 1 it rises. So the least is
found at some λ = m_i / u_i, or where α reaches 1.

Purses and sums are exact as in `purses`. In floats, with s the slip of a purse, u = 2⁻⁵³, and N
supporters, λ = m_i / u_i is off by s / u_i, the sum of those with less by s · W for W voters, and
λ·U by s / u_i · U, beside relative errors of (N + 16) · 4u; intervals of that width around λ and α
give a lower and an upper bound of λ / α². Only what may be least by these bounds is worked out
exactly.
"""

import heapq
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import inf
from typing import Any

import numpy as np

from tallying.codes import Code
from tallying.profile import Integers
from tallying.rules.accounts import Accounts
from tallying.rules.ledger import Ledger
from tallying.rules.market import DECIMALS
from tallying.rules.purses import NEAR, ROUNDING, Price, Purses
from tallying.rules.rule import Contest, Selection, Verdict
from tallying.rules.sequence import Sequence
from tallying.rules.texts import rounded_text

PRECISE = 18
"""Decimals of the numbers of a decision, which are too long to be told exactly."""


@dataclass(frozen=True)
class Share:
    """What supporters would buy of a project at λ = `price` / `whole` per unit of utility.

    They pay `paid` / `whole` together, at most the `cost`: α = paid / (whole · cost). The integers
    get long, since ρ = λ / α divides by sums of money, so fractions of them are not reduced before
    something is bought.
    """

    price: int
    whole: int
    paid: int
    cost: int
    scale: int

    @property
    def ratio(self) -> tuple[int, int]:
        """λ / α² per utility, as a numerator and a denominator."""
        return self.price * self.whole * self.cost**2, self.paid**2 * self.scale

    @property
    def about(self) -> float:
        """The same, rounded."""
        numerator, denominator = self.ratio
        return numerator / denominator

    @property
    def per_unit(self) -> Fraction:
        """ρ = λ / α, for each unit as long as a supporter holds it."""
        return Fraction(self.price * self.cost, self.paid) if self.cost else Fraction(0)

    def against(self, other: "Share") -> int:
        """Below 0 where λ / α² is less than that of another share, 0 where it is the same."""
        ours, theirs = self.ratio, other.ratio
        return ours[0] * theirs[1] - theirs[0] * ours[1]

    def before(self, other: "Share") -> bool:
        """Whether it is the better one of one project: of equal ratios, the greater part is."""
        difference = self.against(other)
        greater = self.paid * other.whole > other.paid * self.whole
        return difference < 0 or (difference == 0 and greater)


@dataclass(frozen=True)
class Outlook:
    """What floats say of a project: a lower bound of its ratio, and where the least may be.

    `places` are supporters whose own price per unit may be it; `full` is a lower bound of the
    price at which supporters pay all, None where that cannot be the least.
    """

    least: float
    places: Integers
    full: float | None


class Overspending:
    """One run; everybody begins with an equal share of the budget."""

    def __init__(self, contest: Contest) -> None:
        self.sequence = Sequence(contest)
        self.projects = self.sequence.projects
        share = Fraction(contest.election.budget, max(1, contest.profile.total))
        self.purses = Purses(Ledger(contest.supports, contest.profile.weights), share)
        self.scales = [max(1, support.scale) for support in contest.supports]
        self.bounds = [(0.0, position) for position in self.sequence.waiting]
        """A heap of (lower bound of the ratio, position): money only falls, and ratios rise."""
        heapq.heapify(self.bounds)

    def selection(self) -> Selection:
        """Buy as long as somebody can pay something for a project that fits."""
        self._drop()
        while shares := self._best():
            equal = _least(shares)
            position = self.sequence.best(equal, matters=not self.sequence.harmless(equal))
            for other in shares:
                if other != position:
                    heapq.heappush(self.bounds, (shares[other].about / NEAR, other))
            self._buy(position, shares[position])
            self._drop()
        return self._told()

    def _drop(self) -> None:
        """Reject what does not fit any more."""
        sequence = self.sequence
        for position in sequence.in_order(sequence.waiting):
            verdict = sequence.room.obstacle(self.projects[position])
            if verdict is not None:
                sequence.reject(position, verdict, rho=None, alpha=None)
        self.bounds = [entry for entry in self.bounds if entry[1] in sequence.waiting]
        heapq.heapify(self.bounds)

    def _best(self) -> dict[int, Share]:
        """The projects that may have the least ratio, with their exact shares; they leave the
        heap."""
        found: dict[int, Share] = {}
        outlooks: dict[int, Outlook] = {}
        limit = inf
        while self.bounds and self.bounds[0][0] <= limit:
            bound, position = heapq.heappop(self.bounds)
            if not self.projects[position].cost:
                found[position], limit = Share(0, 1, 1, 0, 1), 0.0
                continue
            if position in outlooks:
                found[position] = self._share(position, outlooks[position])
                limit = min(limit, found[position].about * NEAR)
                continue
            outlook = self._outlook(position)
            if outlook is not None:
                outlooks[position] = outlook
                heapq.heappush(self.bounds, (max(bound, outlook.least), position))
        return found

    def _outlook(self, position: int) -> Outlook | None:
        """Bounds of the ratios at the breakpoints of a project; None if nobody holds anything."""
        backing, money = self.purses.holders(position)
        alive = np.flatnonzero((money > 0) & (backing.weights > 0))
        if not len(alive):
            return None
        cost, slip = self.projects[position].cost, self.purses.slip
        units = np.ones(len(alive)) if backing.units is None else backing.units[alive]
        weights, money = backing.weights[alive], money[alive]
        order = np.argsort(money / units, kind="stable")
        units, weights, money = units[order], weights[order], money[order]
        gains, relative = weights * units, (len(money) + 16) * 4 * ROUNDING
        above = np.maximum(gains.sum() - np.cumsum(gains), 0.0)
        price, off = money / units, slip / units
        paid = np.cumsum(weights * money) + price * above
        error = slip * weights.sum() + off * above + relative * (paid + price * gains.sum())
        most = np.minimum(1.0, (paid + error) / cost * (1 + relative))
        least = np.minimum(1.0, np.maximum(0.0, paid - error) / cost * (1 - relative))
        lower = np.maximum(0.0, price - off) / most**2 * (1 - relative)
        with np.errstate(divide="ignore"):
            upper = float(((price + off) / least**2).min()) * (1 + relative)
        full = self.purses.bound(position, cost, 0.0, inf)
        bound = float(lower.min()) if full is None else min(float(lower.min()), full)
        near = np.flatnonzero(lower <= upper)
        _, first = np.unique(price[near], return_index=True)
        return Outlook(
            bound / self.scales[position] / NEAR,
            alive[order[near[first]]],
            full if full is not None and full <= upper else None,
        )

    def _share(self, position: int, outlook: Outlook) -> Share:
        """The best share of a project, exactly."""
        backing, _ = self.purses.holders(position)
        cost, unit = self.projects[position].cost, self.purses.unit
        prices = [
            self.purses.at(position, *self.purses.purse(position, int(backing.ballots[place])))
            for place in outlook.places.tolist()
        ]
        if outlook.full is not None:
            prices.append(self.purses.price(position, cost, outlook.full))
        shares = [
            Share(
                price.missing,
                price.gain * unit,
                min(self._paid(price), cost * price.gain * unit),
                cost,
                self.scales[position],
            )
            for price in prices
        ]
        return reduce(lambda best, share: share if share.before(best) else best, shares)

    def _paid(self, price: Price) -> int:
        """What supporters pay together at a price, times `price.gain · unit`; exact."""
        backing, purses = price.backing, self.purses
        alive = purses.money[backing.ballots] > 0
        short = purses.held(backing.ballots[price.short])
        return short * price.gain + price.missing * purses.gain(backing, alive & ~price.short)

    def _buy(self, position: int, share: Share) -> None:
        purses, per_unit = self.purses, share.per_unit
        price = purses.at(position, per_unit.numerator * purses.unit, per_unit.denominator)
        whole, paid = price.gain * purses.unit, self._paid(price)
        purses.pay(price)
        full, short = purses.payers(len(purses.bought) - 1)
        cost = self.projects[position].cost
        values: dict[str, Any] = {
            "full": full,
            "full_pays": rounded_text(price.missing, whole, DECIMALS),
            "short": short,
        }
        self.sequence.fund(
            position,
            values,
            rho=rounded_text(price.missing, whole * self.scales[position], PRECISE),
            alpha=rounded_text(share.paid, share.whole * cost, PRECISE) if cost else "1",
            paid=rounded_text(paid, whole, DECIMALS),
        )

    def _told(self) -> Selection:
        """What was bought, with the reason for every project."""
        sequence = self.sequence
        without = sequence.in_order(sequence.waiting)
        bought = [self.projects[position].id for position in self.purses.bought]
        accounts = Accounts(self.purses, bought).of(without)
        for position, account in zip(without, accounts, strict=True):
            sequence.dismiss(position, Verdict(Code.SUPPORTERS_SHORT, account))
        return sequence.selection()


def _least(shares: dict[int, Share]) -> list[int]:
    """The positions of the least ratio."""
    least: list[int] = []
    for position, share in shares.items():
        difference = share.against(shares[least[0]]) if least else 0
        if difference < 0:
            least = []
        if difference <= 0:
            least.append(position)
    return least
