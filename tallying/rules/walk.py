"""The greedy walk: take projects from best to worst while there is money."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any

from tallying.codes import Code
from tallying.election import Project
from tallying.rules.room import Room
from tallying.rules.rule import Verdict
from tallying.ties import Tie, TieOrder
from tallying.whole_numbers import written


class Order(StrEnum):
    """What is best: the greatest score, or the greatest score per unit of cost."""

    SCORE = "score"
    SCORE_PER_COST = "score_per_cost"


class Unaffordable(StrEnum):
    """What happens at a project that costs more than what is left."""

    SKIP = "skip"
    STOP = "stop"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Candidate:
    """A project that may be funded, with its score and the number of its supporters."""

    project: Project
    score: int
    votes: int

    def merit(self, order: Order) -> tuple[int, Fraction | int]:
        """A sort key, the better the smaller; what costs nothing is best per unit of cost."""
        if order is Order.SCORE:
            return 1, -self.score
        if self.project.cost == 0:
            return 0, 0
        return 1, Fraction(-self.score, self.project.cost)


@dataclass
class Walk:
    """A walk under way, in the room that is left.

    Only the budget of all ends a walk that stops, or is divided: a project that its group, its
    district or a category shuts out is passed over.
    """

    ties: TieOrder
    order: Order
    unaffordable: Unaffordable
    room: Room
    step: int = 0
    funded: list[str] = field(default_factory=list)
    funded_code: Code = Code.FUNDED
    partial: tuple[str, int] | None = None
    ended_by: str | None = None
    rounds: list[dict[str, Any]] = field(default_factory=list)
    met: list[Tie] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def take(self, candidates: Sequence[Candidate]) -> None:
        """Walk through all candidates; raises `UnresolvedTie`."""
        by_merit = sorted(candidates, key=lambda candidate: candidate.merit(self.order))
        for _, equal in groupby(by_merit, key=lambda candidate: candidate.merit(self.order)):
            self._take_equal(list(equal))

    def _take_equal(self, equal: list[Candidate]) -> None:
        by_id = {candidate.project.id: candidate for candidate in equal}
        groups = self.ties.arrange(candidate.project for candidate in equal)
        step, left, matters = self.step + 1, self.room.left, False
        for group in groups:
            if len(group) > 1 and self.ended_by is None and self._order_matters(group):
                self.ties.leave_open(group, self.step + 1)
                matters = True
            for project in group:
                self._decide(by_id[project.id])
        if len(equal) > 1:
            tie = self.ties.record(groups, step, matters)
            self.met.append(tie)
            self._name_lost_ties(tie, left)

    def _order_matters(self, group: Sequence[Project]) -> bool:
        """Whether the order in which equal projects are taken can change which are funded.

        Each that fits alone is funded when it comes first. So the order is harmless only when
        none fits, or when all those that the walk looks at fit together.
        """
        free = [p for p in group if self.room.shut_out(p) is None]
        fitting = [p for p in free if p.cost <= self.room.left]
        if self.unaffordable is Unaffordable.PARTIAL and len(free) > len(fitting):
            return len(free) > 1
        must_fit = fitting if self.unaffordable is Unaffordable.SKIP else free
        return bool(fitting) and not self.room.fits_together(must_fit)

    def _decide(self, candidate: Candidate) -> None:
        project = candidate.project
        if self.ended_by is not None:
            self.verdicts[project.id] = Verdict(Code.COUNT_ENDED, {"ended_by": self.ended_by})
            return
        self.step += 1
        verdict = self._verdict(project)
        self.verdicts[project.id] = verdict
        self.rounds.append(
            {
                "step": self.step,
                "project": project.id,
                "score": written(candidate.score),
                "cost": project.cost,
                "verdict": str(verdict.code),
                "left": self.room.left,
            }
        )

    def _verdict(self, project: Project) -> Verdict:
        obstacle = self.room.obstacle(project)
        if obstacle is None:
            return self._fund(project)
        refused = Verdict(obstacle.code, {**obstacle.values, "step": self.step})
        if self.unaffordable is Unaffordable.SKIP or obstacle.code != Code.TOO_EXPENSIVE:
            return refused
        self.ended_by = project.id
        amount = _part(project, self.room.left)
        if self.unaffordable is Unaffordable.STOP or amount is None:
            return refused
        self.partial = (project.id, amount)
        self.room.take(project, amount)
        return Verdict(
            Code.FUNDED_IN_PART, {"amount": amount, "left": self.room.left, "step": self.step}
        )

    def _fund(self, project: Project) -> Verdict:
        self.room.take(project)
        self.funded.append(project.id)
        return Verdict(self.funded_code, {"left": self.room.left, "step": self.step})

    def _name_lost_ties(self, tie: Tie, left: int) -> None:
        """Say "lost a tie" of those that would have fitted, had they come first among equals."""
        places = {name: place for place, name in enumerate(tie.projects)}
        funded = set(self.funded)
        winners = [name for name in tie.projects if name in funded]
        for round_ in self.rounds[-len(tie.projects) :]:
            name = round_["project"]
            if name not in places or round_["verdict"] != Code.TOO_EXPENSIVE:
                continue
            ahead = [w for w in winners if places[w] < places[name]]
            if ahead and round_["cost"] <= left:
                values = {"to": ahead, "by": [str(c) for c in tie.decided_by]}
                self.verdicts[name] = Verdict(
                    Code.LOST_TIE, {**self.verdicts[name].values, **values}
                )
                round_["verdict"] = str(Code.LOST_TIE)


def _part(project: Project, left: int) -> int | None:
    """The largest minimum + k · step that is at most what is left."""
    least = project.partial_minimum
    if least is None or least > left:
        return None
    return least + (left - least) // project.partial_step * project.partial_step
