"""One run of equal shares: supporters buy the project that is cheapest for what it gives them."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from typing import Any

from tallying.codes import Code
from tallying.election import Project
from tallying.rules.accounts import Accounts
from tallying.rules.greedy import without_support
from tallying.rules.ledger import Ledger
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
        self.ledger = Ledger(contest.supports, contest.profile.weights)
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

    def floor(self, position: int) -> float:
        """A lower bound of a project's price per unit, whatever its supporters hold."""
        gain = self.ledger.backings[position].gain
        return self.contest.election.projects[position].cost / gain / NEAR


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
class Scripted:
    """A purchase that is known beforehand, with a lower bound of its price per unit."""

    position: int
    least: float
    tied: tuple[int, ...]


@dataclass
class Market:
    """A run with one endowment for every voter, in minor units; it ends at an overrun.

    `scripted` are the first purchases, where they are known; no ties are recorded for them, and
    nothing rivals them. `with_rivals` makes each further purchase state its `rival`.
    """

    stall: Stall
    endowment: Fraction
    scripted: Sequence[Scripted] = ()
    with_rivals: bool = False
    purchases: list[Purchase] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contest = self.stall.contest
        self.projects = self.contest.election.projects
        self.purses = Purses(self.stall.ledger, self.endowment)
        self.room = Room(self.contest.election)
        script = {known.position for known in self.scripted}
        waiting = [position for position in self.stall.taking_part if position not in script]
        self._known = {position: self.stall.floor(position) for position in waiting}
        """Lower bounds of prices per unit: budgets only fall, so an old one stays one."""
        self._sharp: dict[int, int] = {}
        """After how many purchases a bound was made as close as floats come."""
        self._waiting = [(self._rho(position), position) for position in waiting]
        """A heap of (lower bound of rho, position)."""
        heapq.heapify(self._waiting)

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
        for known in self.scripted:
            cost = self.projects[known.position].cost
            bound = self.purses.bound(known.position, cost, known.least, inf)
            price = self.purses.price(known.position, cost, bound or 0.0)
            self._buy(price, known.tied, inf)
        while not self.overrun and (offers := self._cheapest()):
            tied = tuple(sorted(offers))
            first = self._first(offers)
            for position in tied:
                if position != first:
                    heapq.heappush(self._waiting, (self._rho(position), position))
            rival = self._rival(tied) if self.with_rivals else 0.0
            self._buy(offers[first], tied, rival)
        return self

    def _rho(self, position: int) -> float:
        return self._known[position] / self.stall.scales[position] / NEAR

    def _sharpest(self, limit: float) -> tuple[float, int] | None:
        """Take the project of the least bound off the heap, once that bound is sharp.

        None when every bound is above `limit`.
        """
        now = len(self.purchases)
        while self._waiting and self._waiting[0][0] <= limit:
            least, position = heapq.heappop(self._waiting)
            if self._sharp.get(position) == now:
                return least, position
            if self.room.shut_out(self.projects[position]) is not None:
                continue
            enough = inf
            if self._waiting:
                enough = self._waiting[0][0] * self.stall.scales[position] * NEAR * NEAR
            cost, known = self.projects[position].cost, self._known[position]
            bound = self.purses.bound(position, cost, known, enough)
            if bound is None:
                continue
            self._known[position] = bound
            if bound <= enough:
                self._sharp[position] = now
            heapq.heappush(self._waiting, (self._rho(position), position))
        return None

    def _cheapest(self) -> dict[int, Price]:
        """The offers of least rho, by position; everything else goes back on the heap."""
        best: dict[int, Price] = {}
        least: Fraction | None = None
        beaten: list[int] = []
        limit = inf
        while (found := self._sharpest(limit)) is not None:
            position = found[1]
            cost = self.projects[position].cost
            price = self.purses.price(position, cost, self._known[position])
            rho = price.per_unit / self.stall.scales[position]
            if least is not None and rho > least:
                beaten.append(position)
                continue
            if least is None or rho < least:
                beaten += best
                best, least, limit = {}, rho, float(rho) * NEAR
            best[position] = price
        for position in beaten:
            heapq.heappush(self._waiting, (self._rho(position), position))
        return best

    def _rival(self, tied: Sequence[int]) -> float:
        """A lower bound, as close as floats come, of the rho of all that are not tied."""
        aside = []
        rival = inf
        while (found := self._sharpest(inf)) is not None:
            aside.append(found)
            if found[1] not in tied:
                rival = found[0]
                break
        for entry in aside:
            heapq.heappush(self._waiting, entry)
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
