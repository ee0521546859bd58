"""With how much more for everyone a run of exact equal shares can change.

With x more for everyone, every voter holds x more at every step, as long as the same is bought in
the same way. Before that changes, at some step some project gets more payers than it had: enough
to come level with the merit of the one bought there, or, being that one itself, one more. With t
payers that takes x = c/t − m(t), where m(t) is what the t-th richest supporter holds at that
step. The least x over all steps, projects and t is what is looked for. It is positive, since
whoever gets there with nothing more was tied, and of those only more payers are looked at.

The idea is that of Kraiczy, Robinson and Elkind 2025, "Streamlining Equal Shares", sections 4 and
5, which go project by project. Here the steps are gone through backwards, and a project that
cannot come below the least x found so far is passed over unsorted.
"""

from fractions import Fraction
from math import inf

import numpy as np

from tallying.profile import Integers
from tallying.rules.even_market import ROUNDING, EvenMarket, Floats


class Changes:
    """The purses of a finished run, taken back step by step."""

    def __init__(self, market: EvenMarket) -> None:
        self._market = market
        self._money = market.purses.money.copy()
        self._classes = market.purses.classes.copy()
        self._slip = market.purses.slip
        self._least: Fraction | None = None
        self._about = inf
        """`_least`, rounded up."""

    def least(self) -> Fraction:
        """The least x, in minor units; some project must be unfunded and not shut out."""
        market = self._market
        end = len(market.bought)
        possible = set(market.decisions.waiting)
        for step in range(end, -1, -1):
            if step < end:
                bought = market.bought[step]
                self._money[bought.even.ballots] = bought.money
                self._classes[bought.even.ballots] = bought.classes
                possible.add(bought.even.position)
            for position in possible:
                if market.projects[position].cost and market.gone.get(position, end + 1) > step:
                    self._look(position, step)
        if self._least is None:
            raise ValueError("No endowment changes this run.")
        return self._least

    def _needed(self, position: int, step: int) -> int | float:
        """With how many payers a project would come level at a step, or be paid for by more."""
        market = self._market
        if step == len(market.bought):
            return 1
        bought = market.bought[step]
        if position in bought.tied:
            return bought.tied[position] + 1
        if bought.merit is None:
            return inf
        merit = bought.merit * market.projects[position].cost
        return -(-merit // market.utility(position))

    def _look(self, position: int, step: int) -> None:
        """Whether a project takes less at a step than what was found so far.

        As many payers as it needs at the step before are looked at there: everybody held more.
        """
        market = self._market
        support = market.contest.supports[position]
        needed = self._needed(position, step)
        most = support.votes
        if step:
            most = int(min(most, self._needed(position, step - 1) - 1))
        if needed > most:
            return
        cost, weights = market.projects[position].cost, market.weights[position]
        money = self._money[support.ballots]
        error = 4 * self._slip + 8 * ROUNDING * cost
        enough = weights[money >= cost / most - self._about - error]
        if int(enough.sum()) < needed:
            return
        order = np.argsort(-money, kind="stable")
        money = money[order]
        voters = np.cumsum(weights[order])
        more = np.where(voters >= needed, cost / voters - money, inf)
        for place in np.flatnonzero(more <= min(self._about, float(more.min()) + error) + error):
            self._settle(cost, int(needed), money, voters, support.ballots[order], int(place))

    def _settle(
        self, cost: int, needed: int, money: Floats, voters: Integers, ballots: Integers, place: int
    ) -> None:
        """Keep the exact x at a place among the supporters, the richest first, if it is less.

        Those within 4 slips are put in their exact order; whoever comes before holds more, and
        whoever comes after holds less, than all amounts within 2 slips.
        """
        here = float(money[place])
        first = int(np.searchsorted(-money, -(here + 4 * self._slip), side="left"))
        last = int(np.searchsorted(-money, -(here - 4 * self._slip), side="right"))
        own = self._classes[ballots[first:last]]
        counted = np.diff(voters[first:last], prepend=voters[first - 1] if first else 0)
        kinds, group = np.unique(own, return_inverse=True)
        members = np.bincount(group, weights=counted)
        held = [self._market.purses.exact(kind) for kind in kinds.tolist()]
        number = int(voters[first - 1]) if first else 0
        for amount in sorted(set(held), reverse=True):
            number += sum(int(n) for n, own in zip(members, held, strict=True) if own == amount)
            more = Fraction(cost, number) - amount
            near = abs(float(amount) - here) <= 2 * self._slip
            if number >= needed and near and (self._least is None or more < self._least):
                self._least = more
                self._about = float(more) * (1 + 2 * ROUNDING)
