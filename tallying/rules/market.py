"""One run of equal shares: supporters buy the project that is cheapest for what it gives them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

from tallying.codes import Code
from tallying.election import Project
from tallying.rules.accounts import Accounts
from tallying.rules.greedy import without_support
from tallying.rules.ledger import Floats, Ledger
from tallying.rules.purses import NEAR, Price, Purses
from tallying.rules.room import Room
from tallying.rules.rule import Contest, Selection, Verdict
from tallying.rules.walk import Candidate
from tallying.ties import Tie

DECIMALS = 6
"""Digits after the point of the amounts that an outcome states rounded down."""


class Stall:
    """What is the same in every run of a contest: who takes part, and the supports in arrays."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.ledger = Ledger.of(contest.profile, contest.supports, contest.utility)
        projects = contest.election.projects
        candidates = [
            Candidate(project, support.score, support.votes)
            for project, support in zip(projects, contest.natural, strict=True)
        ]
        self.left_out = without_support(candidates, contest.parameters["min_score"])
        self.taking_part = [
            position
            for position, project in enumerate(projects)
            if project.id not in self.left_out and contest.supports[position].votes
        ]
        self.scales = [max(1, support.scale) for support in contest.supports]
        """The factor of the utilities; what costs nothing has price 0 on any scale."""

        self.per_rho = np.array([1 / scale / NEAR for scale in self.scales])
        """What makes a lower bound of rho from one of the price per unit."""
        self.floors = np.full(len(projects), inf)
        """Lower bounds of prices per unit, whatever supporters hold; infinite for who is out."""
        for position in self.taking_part:
            gain = self.ledger.backings[position].gain
            self.floors[position] = projects[position].cost / gain / NEAR


@dataclass(frozen=True)
class Purchase:
    """One purchase: `rho` minor units per unit of utility, `per_unit` before the scale.

    `rival` is a lower bound of the rho of every project that was still possible and not among
    `tied`, which had the same rho; where nobody asked for rivals it is 0.
    """

    position: int
    rho: Fraction
    per_unit: Fraction
    tied: tuple[int, ...]
    rival: float


@dataclass(frozen=True)
class Guide:
    """A traced run with more money, whose first `shown` purchases are this run's, too."""

    upper: "Market"
    shown: int


@dataclass
class Market:
    """A run with one endowment for every voter, in minor units; it ends at an overrun.

    No ties are recorded for purchases that a `guide` shows, and nothing rivals them; while the
    purchases are the guide's, prices are at least as high as there. A run that is `traced` makes
    each further purchase state its `rival`, and keeps its `bounds`: before each purchase, lower
    bounds of the prices per unit by position, infinite where nobody can buy.
    """

    stall: Stall
    endowment: Fraction
    guide: Guide | None = None
    traced: bool = False
    purchases: list[Purchase] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    bounds: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contest = self.stall.contest
        self.projects = self.contest.election.projects
        self.purses = Purses(self.stall.ledger, self.endowment)
        self.room = Room(self.contest.election)
        self._known = self.stall.floors.copy()
        """Lower bounds of prices per unit: budgets only fall, so an old one stays one."""
        self._sharp: dict[int, int] = {}
        """After how many purchases a bound was made as close as floats come."""
        self._rho = self._known * self.stall.per_rho
        """Lower bounds of rho; infinite while a project is set aside."""

    @property
    def overrun(self) -> bool:
        """Whether more was spent than the budget."""
        return self.room.left < 0

    @property
    def bought(self) -> list[str]:
        """The ids of the projects bought, in order."""
        return [self.projects[purchase.position].id for purchase in self.purchases]

    @property
    def unfunded(self) -> list[Project]:
        """The supported projects that were neither bought nor shut out."""
        bought = {purchase.position for purchase in self.purchases}
        return [
            self.projects[position]
            for position in self.stall.taking_part
            if position not in bought and self.room.shut_out(self.projects[position]) is None
        ]

    def run(self) -> "Market":
        """Buy until nobody can pay for anything more; raises `UnresolvedTie`."""
        if self.guide is not None:
            for shown in self.guide.upper.purchases[: self.guide.shown]:
                self._learn()
                self._follow(shown)
        while not self.overrun:
            self._learn()
            offers = self._cheapest()
            if not offers:
                break
            tied = tuple(sorted(offers))
            first = self._first(offers)
            self._put_back(tied)
            rival = self._rival(tied) if self.traced else 0.0
            self._buy(offers[first], tied, rival)
        self.guide = None
        return self

    def _follow(self, shown: Purchase) -> None:
        """Buy what is known to come next."""
        position, cost = shown.position, self.projects[shown.position].cost
        bound = self.purses.bound(position, cost, float(shown.per_unit) / NEAR, inf)
        self._buy(self.purses.price(position, cost, bound or 0.0), shown.tied, inf)

    def _learn(self) -> None:
        """Take over the guide's bounds, as long as the purchases are the same."""
        step = len(self.purchases)
        if self.guide is None or step >= len(self.guide.upper.bounds):
            return
        upper = self.guide.upper
        if step > self.guide.shown and upper.purchases[step - 1].position != self._last:
            self.guide = None
            return
        np.maximum(self._known, upper.bounds[step], out=self._known)
        np.multiply(self._known, self.stall.per_rho, out=self._rho)

    @property
    def _last(self) -> int:
        return self.purchases[-1].position

    def _put_back(self, positions: Iterable[int]) -> None:
        for position in positions:
            self._rho[position] = self._known[position] * self.stall.per_rho[position]

    def _sharpest(self, limit: float) -> tuple[float, int] | None:
        """Set the project of the least bound aside, once that bound is sharp.

        None when every bound is above `limit`.
        """
        now = len(self.purchases)
        while len(self._rho):
            position = int(self._rho.argmin())
            least = float(self._rho[position])
            if least > limit or least == inf:
                return None
            self._rho[position] = inf
            if self._sharp.get(position) == now:
                return least, position
            self._sharpen(position, float(self._rho.min()), now)
        return None

    def _sharpen(self, position: int, next_least: float, now: int) -> None:
        """Raise the bound of a project until it is sharp, or above that of the next."""
        project = self.projects[position]
        bound = None
        enough = next_least * self.stall.scales[position] * NEAR * NEAR
        if self.room.shut_out(project) is None:
            known = float(self._known[position])
            bound = self.purses.bound(position, project.cost, known, enough)
        self._known[position] = inf if bound is None else bound
        if bound is not None and bound <= enough:
            self._sharp[position] = now
        self._put_back((position,))

    def _cheapest(self) -> dict[int, Price]:
        """The offers of least rho, by position; they stay set aside."""
        best: dict[int, Price] = {}
        least: Fraction | None = None
        beaten: list[int] = []
        limit = inf
        while (found := self._sharpest(limit)) is not None:
            position = found[1]
            cost = self.projects[position].cost
            price = self.purses.price(position, cost, float(self._known[position]))
            rho = price.per_unit / self.stall.scales[position]
            if least is not None and rho > least:
                beaten.append(position)
                continue
            if least is None or rho < least:
                beaten += best
                best, least, limit = {}, rho, float(rho) * NEAR
            best[position] = price
        self._put_back(beaten)
        return best

    def _rival(self, tied: Sequence[int]) -> float:
        """A lower bound, as close as floats come, of the rho of all that are not tied."""
        aside = []
        rival = inf
        while (found := self._sharpest(inf)) is not None:
            aside.append(found[1])
            if found[1] not in tied:
                rival = found[0]
                break
        self._put_back(aside)
        return rival

    def _first(self, offers: dict[int, Price]) -> int:
        """The position to take, by the tie order."""
        if len(offers) == 1:
            return next(iter(offers))
        projects = [self.projects[position] for position in offers]
        groups = [project.exclusive_group for project in projects if project.exclusive_group]
        free = all(project.cost == 0 for project in projects)
        harmless = free and len(groups) == len(set(groups))
        step = len(self.purchases) + 1
        first, tie = self.contest.ties.first(projects, step, matters=not harmless)
        self.ties.append(tie)
        return self.contest.election.index[first.id]

    def _buy(self, price: Price, tied: tuple[int, ...], rival: float) -> None:
        per_unit = price.per_unit
        rho = per_unit / self.stall.scales[price.project]
        if self.traced:
            self.bounds.append(self._known.copy())
        self._known[price.project] = self._rho[price.project] = inf
        self.purses.pay(price)
        self.room.take(self.projects[price.project])
        self.purchases.append(Purchase(price.project, rho, per_unit, tied, rival))

    def selection(self) -> Selection:
        """What was bought, with the reason for every project."""
        verdicts = dict(self.stall.left_out)
        rounds: list[dict[str, Any]] = []
        left = self.contest.election.budget
        for step, purchase in enumerate(self.purchases, start=1):
            project = self.projects[purchase.position]
            left -= project.cost
            full, short = self.purses.payers(step - 1)
            values = {
                "step": step,
                "left": left,
                "full": full,
                "full_pays": decimal_text(purchase.per_unit),
                "short": short,
            }
            verdicts[project.id] = Verdict(Code.FUNDED, values)
            rho = f"{purchase.rho.numerator}/{purchase.rho.denominator}"
            rounds.append(
                {
                    "project": project.id,
                    "cost": project.cost,
                    "rho": rho,
                    **values,
                    "verdict": str(Code.FUNDED),
                }
            )
        verdicts.update(self._unfunded(verdicts))
        return Selection(tuple(self.bought), tuple(rounds), tuple(self.ties), verdicts)

    def _unfunded(self, decided: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """The reasons for the projects that nothing was said of yet."""
        verdicts, short = {}, []
        for position, project in enumerate(self.projects):
            if project.id in decided:
                continue
            closed = self.room.shut_out(project)
            if closed is None:
                short.append(position)
            else:
                verdicts[project.id] = closed
        accounts = Accounts(self.purses, self.bought).of(short)
        for position, account in zip(short, accounts, strict=True):
            verdicts[self.projects[position].id] = Verdict(Code.SUPPORTERS_SHORT, account)
        return verdicts


def decimal_text(amount: Fraction) -> str:
    """An amount with its first decimals, rounded down, without trailing zeros."""
    whole, rest = divmod(amount.numerator * 10**DECIMALS // amount.denominator, 10**DECIMALS)
    digits = f"{rest:0{DECIMALS}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
