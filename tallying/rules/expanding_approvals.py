"""`expanding-approvals`: voters approve one rank after the other, and pay with their weight."""

from fractions import Fraction
from typing import Any

import numpy as np

from tallying.election import BallotStyle
from tallying.profile import Integers
from tallying.rules.ledger import Floats
from tallying.rules.parts import PRECISION, as_text
from tallying.rules.rule import N_, Completion, Contest, Rule, Selection
from tallying.rules.sequence import Sequence
from tallying.utilities import Utility

DECIMALS = 9
"""How many decimals of a support are shown."""


def select(contest: Contest) -> Selection:
    """Aziz and Lee 2021, "Proportionally representative participatory budgeting with ordinal
    preferences", section 5. Which project is taken first and whose weight falls by how much is
    left open there and fixed here. Raises `UnresolvedTie`.

    Every voter has the weight 1. At rank j the support of a project is the weight of those who
    rank it j or better; what a ballot does not rank comes last, at the rank that is the number of
    projects. While a project that still fits has a support of at least n · c / B, the one of the
    greatest support · B / (n · c) is funded, and its supporters' weights are multiplied by
    1 - n · c / (B · support); else the next rank is looked at. What costs nothing is funded as
    soon as anybody supports it, and reduces nobody. What nobody ranks is never funded.

    Each purchase takes n · c / B of weight away, so at the last rank every project that still
    fits has enough: no money is left that could pay for a ranked project.
    """
    return _Approvals(contest).selection()


class _Approvals:
    """One count under way: weights are in parts of a vote, as `parts` says.

    A purchase makes of an error e in the weights one of at most e · (2 + B/c) + 1 part. So after
    m purchases it is below (B + 2)^m parts, and that of a support n times as much.
    """

    def __init__(self, contest: Contest) -> None:
        election = contest.election
        self._budget, self._voters = election.budget, contest.profile.total
        self._sequence = Sequence(contest)
        purchases = len(election.projects) + 1
        guard = purchases * (self._budget + 2).bit_length() + (self._voters + 2).bit_length()
        self._unit, self._tolerance = 1 << (PRECISION + guard), 1 << guard
        self._entries, self._cast = contest.profile.entries, contest.profile.weights
        self._values = [self._unit]
        self._value_of: Integers = np.zeros(len(self._cast), dtype=np.int64)
        """Each distinct ballot's place in `_values`, its weight."""
        self._approvals: list[Integers] = []
        """The distinct ballots that support each project at the rank that is looked at."""

    def selection(self) -> Selection:
        """Go through the ranks; what is left at the end does not fit."""
        self._drop_unaffordable()
        for rank in range(1, len(self._sequence.projects) + 1):
            self._approvals = self._ranking_within(rank)
            while equal := self._best():
                matters = not self._sequence.harmless(equal)
                self._fund(self._sequence.best(equal, matters), rank)
        return self._sequence.selection()

    def _best(self) -> list[int]:
        """Those of the greatest support for their cost, if that is enough at this rank."""
        approvals = self._approvals
        waiting = [position for position in self._sequence.waiting if len(approvals[position])]
        projects = self._sequence.projects
        if free := [position for position in waiting if not projects[position].cost]:
            return free
        supports = {p: self._support(approvals[p]) for p in self._promising(waiting)}
        if not supports:
            return []
        best = max(
            supports, key=lambda position: Fraction(supports[position], projects[position].cost)
        )
        if not self._enough(supports[best], projects[best].cost):
            return []
        return [p for p in supports if self._level(supports, best, p)]

    def _ranking_within(self, rank: int) -> list[Integers]:
        """The distinct ballots that support each project at a rank."""
        if rank == len(self._sequence.projects):
            return [np.arange(len(self._cast))] * rank
        ends, entries = self._entries.starts, self._entries
        return [
            entries.ballots[first:end][entries.numbers[first:end] <= rank]
            for first, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
        ]

    def _promising(self, waiting: list[int]) -> list[int]:
        """Those that may be the best and have enough, by sums of floats.

        Each weight is rounded once, each product and sum of d of them once more: the sum is off
        by less than (d + 4) · 2⁻⁵² of itself, as no term is negative, and quotients by little more.
        """
        weights: Floats = np.array([value / self._unit for value in self._values])
        worth = weights[self._value_of] * self._cast
        ratios = {
            position: float(worth[self._approvals[position]].sum())
            / self._sequence.projects[position].cost
            for position in waiting
        }
        near = 1 - (len(self._cast) + 16) * 2.0**-50
        least = max([self._voters / max(1, self._budget), *ratios.values()])
        return [position for position, ratio in ratios.items() if ratio >= least * near]

    def _support(self, ballots: Integers) -> int:
        """The weight of those who cast the ballots, in parts."""
        voters = np.bincount(
            self._value_of[ballots], weights=self._cast[ballots], minlength=len(self._values)
        )
        used = np.flatnonzero(voters).tolist()
        return sum(int(voters[place]) * self._values[place] for place in used)

    def _enough(self, support: int, cost: int) -> bool:
        lacking = self._voters * cost * self._unit - support * self._budget
        return lacking <= self._tolerance * self._budget

    def _level(self, supports: dict[int, int], best: int, other: int) -> bool:
        projects = self._sequence.projects
        lead = supports[best] * projects[other].cost - supports[other] * projects[best].cost
        return lead <= self._tolerance * projects[other].cost

    def _fund(self, position: int, rank: int) -> None:
        cost = self._sequence.projects[position].cost
        ballots = self._approvals[position]
        support = self._support(ballots)
        needed = Fraction(self._voters * cost, self._budget) if cost else Fraction(0)
        account: dict[str, Any] = {
            "rank": rank,
            "support": as_text(support, self._unit, DECIMALS),
            "needed": f"{needed.numerator}/{needed.denominator}",
        }
        if cost:
            self._reduce(ballots, support * self._budget, self._voters * cost * self._unit)
        self._sequence.fund(position, {}, **account)
        self._drop_unaffordable()

    def _reduce(self, ballots: Integers, held: int, paid: int) -> None:
        """Multiply the ballots' weights by 1 - paid / held."""
        old, places = np.unique(self._value_of[ballots], return_inverse=True)
        first = len(self._values)
        rest = max(0, held - paid)
        self._values += [self._values[place] * rest // held for place in old.tolist()]
        self._value_of[ballots] = first + places

    def _drop_unaffordable(self) -> None:
        sequence = self._sequence
        for position in sequence.in_order(sequence.waiting):
            verdict = sequence.room.obstacle(sequence.projects[position])
            if verdict is not None:
                sequence.reject(position, verdict)


RULE = Rule(
    id="expanding-approvals",
    title={
        "en": "Expanding approvals",
        "es": "Aprobaciones crecientes",
        "fr": "Approbations croissantes",
        "pt": "Aprovações crescentes",
    },
    description={
        "en": "At first each ballot supports only its first project, then also its second, and so on. A project is funded as soon as its supporters weigh as much as its part of the budget; they pay with their weight, so that others have their turn. In the end each ballot supports everything.",
        "es": "Al principio cada papeleta apoya solo su primer proyecto, luego también el segundo, y así sucesivamente. Un proyecto se financia en cuanto quienes lo apoyan pesan tanto como su parte del presupuesto; pagan con su peso, para que también les toque a otras personas. Al final cada papeleta apoya todos los proyectos.",
        "fr": "D’abord, chaque bulletin ne soutient que son premier projet, puis aussi le deuxième, et ainsi de suite. Un projet est financé dès que ses soutiens pèsent autant que sa part du budget ; ils paient avec leur poids, pour que vienne le tour des autres. À la fin, chaque bulletin soutient tous les projets.",
        "pt": "No início, cada cédula apoia só o seu primeiro projeto, depois também o segundo, e assim por diante. Um projeto é financiado assim que quem o apoia pesa tanto quanto a parte dele no orçamento; o pagamento é feito com esse peso, para que chegue a vez de outras pessoas. No fim, cada cédula apoia todos os projetos.",
    },
    citation=N_(
        "Aziz, Lee, “Proportionally representative participatory budgeting with ordinal preferences”, AAAI 2021; the choice among several and the reduction of weights are fixed here."
    ),
    complexity="For each project funded and each rank, a pass over the distinct ballots' rankings.",
    styles=frozenset({BallotStyle.RANKED}),
    utilities=(Utility.BORDA,),
    default_utility=lambda _style: Utility.BORDA,
    completions=(Completion.NONE,),
    parameters=(),
    select=select,
)
