"""One run of exact equal shares: those who pay for a project pay the same, or nothing.

Voters with the same ballot hold the same money, so money is kept per distinct ballot: in floats
that only narrow down, and by class of those who paid for the same projects, whose exact money is
worked out where it decides.

The float of a purse begins as the endowment E, rounded, and loses a rounded price with each
purchase; every number on the way is at most E, so after k purchases it errs by less than
(2k + 1) · u · E with u = 2⁻⁵³. `slip` = (2k + 8) · u · E exceeds that.
"""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.rules.rule import Contest
from tallying.rules.sequence import Sequence
from tallying.utilities import Utility

Floats = NDArray[np.float64]
ROUNDING = 2.0**-53


class EvenPurses:
    """What every distinct ballot holds; everybody begins with the same endowment."""

    def __init__(self, ballots: int, endowment: Fraction) -> None:
        self._most = float(endowment)
        self.money: Floats = np.full(ballots, self._most)
        self.classes: Integers = np.zeros(ballots, dtype=np.int64)
        self.purchases = 0
        self._before: list[tuple[int, Fraction]] = [(-1, Fraction(0))]
        """For each class, the class that its ballots were in, and the price that they paid."""
        self._exact: list[Fraction | None] = [endowment]

    @property
    def slip(self) -> float:
        """A bound on the error of `money`, in minor units."""
        return (2 * self.purchases + 8) * ROUNDING * self._most

    def exact(self, number: int) -> Fraction:
        """What each ballot of a class holds."""
        chain = []
        while self._exact[number] is None:
            chain.append(number)
            number = self._before[number][0]
        money = self._exact[number] or Fraction(0)
        for later in reversed(chain):
            money -= self._before[later][1]
            self._exact[later] = money
        return money

    def pay(self, ballots: Integers, price: Fraction) -> None:
        """Take a price from each of some ballots."""
        kinds, own = np.unique(self.classes[ballots], return_inverse=True)
        self.classes[ballots] = len(self._before) + own
        self._before += [(kind, price) for kind in kinds.tolist()]
        self._exact += [None] * len(kinds)
        self.money[ballots] -= float(price)
        self.purchases += 1


@dataclass(frozen=True)
class Even:
    """An even purchase: each of `voters` voters, who cast `ballots`, pays `price` minor units."""

    position: int
    voters: int
    ballots: Integers
    price: Fraction


@dataclass(frozen=True)
class Bought:
    """A purchase with what has to be known to see what more money would change.

    `merit` is utility times payers per unit of cost, None for what costs nothing; `tied` maps the
    positions of the projects of the same merit to the number of their payers. `money` and
    `classes` are those of the payers before they paid.
    """

    even: Even
    merit: Fraction | None
    tied: dict[int, int]
    money: Floats
    classes: Integers


@dataclass
class EvenMarket:
    """A run with one endowment for every voter, in minor units; it ends at an overrun."""

    contest: Contest
    endowment: Fraction
    bought: list[Bought] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.decisions = Sequence(self.contest)
        self.projects = self.decisions.projects
        self.purses = EvenPurses(len(self.contest.profile.weights), self.endowment)
        self.gone: dict[int, int] = {}
        """After how many purchases a project was shut out."""
        self._limited = self._limited_projects()
        weights = self.contest.profile.weights
        self.weights = {
            position: weights[self.contest.supports[position].ballots]
            for position in self.decisions.waiting
        }
        self._heap = [
            (-self._about(position, self.contest.supports[position].votes), position)
            for position in self.decisions.waiting
        ]
        """A heap of (minus an upper bound of the merit, position): money only falls."""
        heapq.heapify(self._heap)

    def _limited_projects(self) -> list[int]:
        """Those that something other than money can shut out."""
        election = self.contest.election
        return [
            position
            for position in self.decisions.waiting
            if (project := self.projects[position]).exclusive_group is not None
            or project.district in election.district_budgets
            or set(project.categories) & election.category_caps.keys()
        ]

    @property
    def overrun(self) -> bool:
        """Whether more was spent than the budget."""
        return self.decisions.room.left < 0

    def run(self) -> "EvenMarket":
        """Buy until nobody can pay for anything more; raises `UnresolvedTie`."""
        self._close()
        while not self.overrun and (offers := self._best()):
            harmless = self.decisions.harmless(offers)
            first = self.decisions.best(offers, matters=not harmless)
            for position in offers:
                if position != first:
                    heapq.heappush(
                        self._heap, (-self._about(position, offers[position].voters), position)
                    )
            self._buy(offers[first], {p: offer.voters for p, offer in offers.items()})
        return self

    def utility(self, position: int) -> int:
        """What the project is worth to each of its supporters."""
        if self.contest.utility is Utility.COST:
            return self.projects[position].cost
        return 1

    def merit(self, position: int, voters: int) -> Fraction | None:
        """Utility times payers per unit of cost; None, the best, for what costs nothing."""
        cost = self.projects[position].cost
        return Fraction(self.utility(position) * voters, cost) if cost else None

    def _about(self, position: int, voters: int) -> float:
        """The same, rounded at most twice."""
        cost = self.projects[position].cost
        return self.utility(position) / cost * voters if cost else inf

    def _best(self) -> dict[int, Even]:
        """The offers of greatest merit by position; they leave the heap."""
        fresh: list[tuple[float, Even]] = []
        greatest, near = 0.0, 1 - 16 * ROUNDING
        while self._heap and -self._heap[0][0] >= greatest * near:
            position = heapq.heappop(self._heap)[1]
            if position in self.gone:
                continue
            offer = self.offer(position)
            if offer is not None:
                about = self._about(position, offer.voters)
                greatest = max(greatest, about)
                fresh.append((about, offer))
        ranks = {
            offer.position: self._rank(offer) for about, offer in fresh if about >= greatest * near
        }
        best = {
            offer.position: offer
            for _, offer in fresh
            if offer.position in ranks and ranks[offer.position] == max(ranks.values())
        }
        for about, offer in fresh:
            if offer.position not in best:
                heapq.heappush(self._heap, (-about, offer.position))
        return best

    def _rank(self, offer: Even) -> tuple[bool, Fraction]:
        merit = self.merit(offer.position, offer.voters)
        return merit is None, merit or Fraction(0)

    def offer(self, position: int) -> Even | None:
        """The greatest number of supporters who can each pay an equal part; None if none can."""
        cost = self.projects[position].cost
        support = self.contest.supports[position]
        if cost == 0:
            return Even(position, support.votes, support.ballots, Fraction(0))
        money = self.purses.money[support.ballots]
        order = np.argsort(-money, kind="stable")
        money = money[order]
        voters = np.cumsum(self.weights[position][order])
        slip, relative = self.purses.slip, 8 * ROUNDING
        possible = np.flatnonzero((money + slip) * voters >= cost * (1 - relative))
        if not len(possible):
            return None
        sure = np.flatnonzero((money - slip) * voters >= cost * (1 + relative))
        first = int(sure[-1]) + 1 if len(sure) else 0
        last = int(possible[-1]) + 1
        ballots = support.ballots[order]
        already = int(voters[first - 1]) if first else 0
        more = self._more(ballots[first:last], cost, already)
        payers = np.concatenate((ballots[:first], more))
        if not len(payers):
            return None
        number = already + int(self.contest.profile.weights[more].sum())
        return Even(position, number, payers, Fraction(cost, number))

    def _more(self, ballots: Integers, cost: int, already: int) -> Integers:
        """Those of some ballots who pay as well, where the floats leave that open.

        `already` voters can surely each pay their part, and everybody who can pay is among them
        and these. Exact: the richest join as long as that makes a part that they can pay.
        """
        classes = self.purses.classes[ballots]
        weights = self.contest.profile.weights[ballots]
        held = {kind: self.purses.exact(kind) for kind in np.unique(classes).tolist()}
        number, taken = already, -1
        amounts = sorted(set(held.values()), reverse=True)
        for place, amount in enumerate(amounts):
            kinds = [kind for kind, money in held.items() if money == amount]
            number += int(weights[np.isin(classes, kinds)].sum())
            if amount * number >= cost:
                taken = place
        paying = [kind for kind, money in held.items() if money in amounts[: taken + 1]]
        return ballots[np.isin(classes, paying)]

    def _buy(self, even: Even, tied: dict[int, int]) -> None:
        money = self.purses.money[even.ballots]
        classes = self.purses.classes[even.ballots]
        merit = self.merit(even.position, even.voters)
        self.bought.append(Bought(even, merit, tied, money, classes))
        if even.price:
            self.purses.pay(even.ballots, even.price)
        self.decisions.fund(
            even.position,
            {},
            merit=None if merit is None else f"{merit.numerator}/{merit.denominator}",
            payers=even.voters,
            pays=f"{even.price.numerator}/{even.price.denominator}",
        )
        self._close()

    def _close(self) -> None:
        """Note which projects something other than money has shut out."""
        for position in self._limited:
            if position in self.gone or position not in self.decisions.waiting:
                continue
            if self.decisions.room.shut_out(self.projects[position]) is not None:
                self.gone[position] = len(self.bought)

    @property
    def unfunded(self) -> list[int]:
        """The supported projects that were neither bought nor shut out, by their ids."""
        return self.decisions.in_order(self.decisions.waiting - self.gone.keys())
