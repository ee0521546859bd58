"""What the forms of the single transferable vote share: quotas, piles, and who has most for its cost."""

from collections.abc import Iterable
from typing import Any

from tallying.codes import Code
from tallying.rules.parts import as_text
from tallying.rules.piles import Piles
from tallying.rules.rule import Contest, Verdict
from tallying.rules.sequence import Sequence


class Transfers:
    """A count by transfers under way.

    Votes are counted in parts, `unit` to a vote; ratios of votes to quota that differ by no more
    than `tolerance` / `unit` are equal. The quota of a project of cost c is
    ⌊voters · c / (B + c_min)⌋ + 1 votes, with c_min the least positive cost of the election: for
    equal costs the quota of Droop.
    """

    def __init__(self, contest: Contest, voters: int, unit: int, tolerance: int, decimals: int):
        self.sequence = Sequence(contest)
        self.unit, self._tolerance, self._decimals = unit, tolerance, decimals
        costs = [project.cost for project in contest.election.projects]
        money = contest.election.budget + min((cost for cost in costs if cost), default=1)
        self.quotas = [voters * cost // money + 1 for cost in costs]
        rankings, weights = contest.profile.rows, contest.profile.weights
        self.piles = Piles(rankings, weights, set(self.sequence.waiting), unit)

    def greatest(self, among: Iterable[int]) -> list[int]:
        """Those with the most votes for their quota."""
        positions = list(among)
        best = positions[0]
        for position in positions:
            if self._lead(position, best) > 0:
                best = position
        return [p for p in positions if self._lead(best, p) <= self._allowed(best, p)]

    def least(self, among: Iterable[int]) -> list[int]:
        """Those with the fewest votes for their quota."""
        positions = list(among)
        worst = positions[0]
        for position in positions:
            if self._lead(position, worst) < 0:
                worst = position
        return [p for p in positions if self._lead(p, worst) <= self._allowed(p, worst)]

    def _lead(self, one: int, other: int) -> int:
        totals, quotas = self.piles.totals, self.quotas
        return totals[one] * quotas[other] - totals[other] * quotas[one]

    def _allowed(self, one: int, other: int) -> int:
        return self._tolerance * self.quotas[one] * self.quotas[other]

    def reached(self) -> list[int]:
        """Those still waiting whose votes reach their quota."""
        return [p for p in self.sequence.waiting if self.surplus(p) >= self._missing(p)]

    def _missing(self, position: int) -> int:
        return -self._tolerance * self.quotas[position]

    def surplus(self, position: int) -> int:
        """What a project's votes exceed its quota by, in parts; negative below it."""
        return self.piles.totals[position] - self.quotas[position] * self.unit

    def remaining_fit(self) -> bool:
        """Whether all that still wait can be funded together."""
        projects = self.sequence.projects
        return self.sequence.room.fits_together(projects[p] for p in self.sequence.waiting)

    def drop_unaffordable(self, **account: Any) -> bool:
        """Reject all that do not fit any more and hand on their ballots in full."""
        closed = [
            (position, verdict)
            for position in self.sequence.in_order(self.sequence.waiting)
            if (verdict := self.sequence.room.obstacle(self.sequence.projects[position]))
        ]
        self.piles.receiving.difference_update(position for position, _ in closed)
        for position, verdict in closed:
            self.sequence.reject(position, verdict, **self.account(position), **account)
        for position, _ in closed:
            self.piles.hand_on(position)
        return bool(closed)

    def eliminate(self, position: int, **account: Any) -> None:
        """Remove a project and hand on its ballots in full."""
        self.sequence.reject(
            position, Verdict(Code.ELIMINATED), **self.account(position), **account
        )
        self.piles.hand_on(position)

    def account(self, position: int) -> dict[str, Any]:
        """A project's votes and quota, as its round tells them."""
        return {
            "support": self.text(self.piles.totals[position]),
            "quota": str(self.quotas[position]),
        }

    def text(self, parts: int) -> str:
        """A number of votes as a decimal text, to the nearest of the decimals shown."""
        return as_text(parts, self.unit, self._decimals)
