"""One run of equal shares: supporters buy the project that is cheapest for what it gives them."""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from tallying.codes import Code
from tallying.election import Project
from tallying.rules.greedy import without_support
from tallying.rules.purses import NEAR, Price, Purchase, Purses
from tallying.rules.rule import Contest, Selection, Verdict
from tallying.rules.walk import Candidate
from tallying.ties import Tie

DECIMALS = 6
"""Digits after the point of the amounts that an outcome states rounded down."""


@dataclass(frozen=True)
class _Offer:
    """A project that its supporters can pay for, at `rho` minor units per unit of utility."""

    project: Project
    price: Price
    rho: Fraction


@dataclass
class Market:
    """A run with one endowment for every voter, in minor units.

    With `ceiling`, the run ends as soon as it has spent more than that, and `overrun` is true.
    """

    contest: Contest
    endowment: Fraction
    ceiling: int | None = None
    spent: int = 0
    purchases: list[Purchase] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    taken_groups: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        election = self.contest.election
        self.purses = Purses(self.contest.profile.weights, self.endowment)
        candidates = [
            Candidate(project, support.score, support.votes)
            for project, support in zip(election.projects, self.contest.natural, strict=True)
        ]
        self.verdicts.update(without_support(candidates, self.contest.parameters["min_score"]))
        self._supported = [
            position
            for position, project in enumerate(election.projects)
            if project.id not in self.verdicts and self.contest.supports[position].votes
        ]
        self._waiting = [(0.0, position, -1) for position in self._supported]
        """A heap of (lower bound of rho, position, number of purchases when it was computed)."""

    @property
    def overrun(self) -> bool:
        """Whether more was spent than the ceiling."""
        return self.ceiling is not None and self.spent > self.ceiling

    @property
    def bought(self) -> list[str]:
        """The ids of the projects bought, in order."""
        projects = self.contest.election.projects
        return [projects[purchase.project].id for purchase in self.purchases]

    @property
    def unfunded(self) -> list[Project]:
        """The supported projects that were neither bought nor shut out by their group."""
        bought = {purchase.project for purchase in self.purchases}
        return [
            self.contest.election.projects[position]
            for position in self._supported
            if position not in bought
            and self.contest.election.projects[position].exclusive_group not in self.taken_groups
        ]

    def run(self) -> "Market":
        """Buy until nobody can pay for anything more; raises `UnresolvedTie`."""
        while not self.overrun and (offers := self._cheapest()):
            self._buy(self._first(offers))
        return self

    def _cheapest(self) -> list[_Offer]:
        """The offers of least rho; everything else goes back on the heap.

        Budgets only fall, so rho only rises, and an old lower bound stays one.
        """
        best: list[_Offer] = []
        beaten: list[tuple[float, int, int]] = []
        now = len(self.purchases)
        while self._waiting and (not best or self._waiting[0][0] <= float(best[0].rho) * NEAR):
            bound, position, computed = heapq.heappop(self._waiting)
            project = self.contest.election.projects[position]
            if project.exclusive_group in self.taken_groups:
                self._exclude(project)
                continue
            support, scale = self.contest.supports[position], self._scale(position)
            groups = self.purses.groups(support)
            per_unit = self.purses.bound(groups, project.cost)
            if per_unit is None:
                continue
            fresh = max(bound, per_unit / scale / NEAR)
            if computed < now and self._waiting and fresh > self._waiting[0][0]:
                heapq.heappush(self._waiting, (fresh, position, now))
                continue
            price = self.purses.price(groups, project.cost, per_unit)
            rho = Fraction(price.numerator, price.weight * self.purses.unit * scale)
            if best and rho > best[0].rho:
                beaten.append((fresh, position, now))
                continue
            if best and rho < best[0].rho:
                beaten += [self._waiting_again(offer) for offer in best]
                best = []
            best.append(_Offer(project, price, rho))
        for entry in beaten:
            heapq.heappush(self._waiting, entry)
        return best

    def _scale(self, position: int) -> int:
        """The factor of the utilities; what costs nothing has rho 0 on any scale."""
        return max(1, self.contest.supports[position].scale)

    def _waiting_again(self, offer: _Offer) -> tuple[float, int, int]:
        position = self.contest.election.index[offer.project.id]
        return float(offer.rho) / NEAR, position, len(self.purchases)

    def _exclude(self, project: Project) -> None:
        group = project.exclusive_group or ""
        self.verdicts[project.id] = Verdict(
            Code.EXCLUDED_BY_GROUP, {"group": group, "with": self.taken_groups[group]}
        )

    def _first(self, offers: list[_Offer]) -> _Offer:
        """The offer to take, by the tie order; the others wait."""
        if len(offers) == 1:
            return offers[0]
        step = len(self.purchases) + 1
        groups = [o.project.exclusive_group for o in offers if o.project.exclusive_group]
        harmless = offers[0].rho == 0 and len(groups) == len(set(groups))
        first, tie = self.contest.ties.first(
            [offer.project for offer in offers], step, matters=not harmless
        )
        self.ties.append(tie)
        for offer in offers:
            if offer.project.id != first.id:
                heapq.heappush(self._waiting, self._waiting_again(offer))
        return next(offer for offer in offers if offer.project.id == first.id)

    def _buy(self, offer: _Offer) -> None:
        project, price = offer.project, offer.price
        self.spent += project.cost
        purchase = self.purses.pay(self.contest.election.index[project.id], price)
        self.purchases.append(purchase)
        if project.exclusive_group is not None:
            self.taken_groups[project.exclusive_group] = project.id
        short = int(price.groups.weights[price.short].sum())
        unit_price = Fraction(price.amount, purchase.unit)
        values = {
            "step": len(self.purchases),
            "left": self.contest.election.budget - self.spent,
            "full": int(price.groups.weights.sum()) - short,
            "full_pays": decimal_text(unit_price),
            "short": short,
        }
        self.rounds.append(
            {
                "project": project.id,
                "cost": project.cost,
                "rho": f"{offer.rho.numerator}/{offer.rho.denominator}",
                **values,
                "verdict": str(Code.FUNDED),
            }
        )
        self.verdicts[project.id] = Verdict(Code.FUNDED, values)

    def selection(self) -> Selection:
        """What was bought, with the reason for every project."""
        for position, project in enumerate(self.contest.election.projects):
            if project.id not in self.verdicts:
                if project.exclusive_group in self.taken_groups:
                    self._exclude(project)
                else:
                    self.verdicts[project.id] = self._supporters_short(position)
        return Selection(
            funded=tuple(self.bought),
            rounds=tuple(self.rounds),
            ties=tuple(self.ties),
            verdicts=dict(self.verdicts),
        )

    def _supporters_short(self, position: int) -> Verdict:
        """What the supporters still hold, and what they paid for projects that were bought."""
        support = self.contest.supports[position]
        weights = self.contest.profile.weights
        members = np.zeros(len(weights), dtype=np.bool_)
        members[support.ballots] = True
        used = [
            [name, int(purchase.paid_by(members, weights))]
            for name, purchase in zip(self.bought, self.purchases, strict=True)
        ]
        return Verdict(
            Code.SUPPORTERS_SHORT,
            {
                "held": int(self.purses.together(support)),
                "used": sorted(
                    (pair for pair in used if pair[1]),
                    key=lambda pair: (-int(pair[1]), str(pair[0]).encode()),
                ),
            },
        )


def decimal_text(amount: Fraction) -> str:
    """An amount with its first decimals, rounded down, without trailing zeros."""
    whole, rest = divmod(amount.numerator * 10**DECIMALS // amount.denominator, 10**DECIMALS)
    digits = f"{rest:0{DECIMALS}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
