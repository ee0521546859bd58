"""`phragmen`: voters earn money at the same pace, and buy a project as soon as they can pay for it."""

import heapq
from enum import StrEnum
from fractions import Fraction
from math import inf

from tallying.codes import Code
from tallying.election import BallotStyle
from tallying.rules.clock import Clock
from tallying.rules.completion import fill_greedily
from tallying.rules.greedy import MIN_SCORE
from tallying.rules.rule import Completion, Contest, Kind, Parameter, Rule, Selection, Verdict
from tallying.rules.sequence import Sequence
from tallying.rules.texts import fraction_text
from tallying.utilities import Utility


class Unaffordable(StrEnum):
    """What happens when supporters hold the cost of a project that exceeds the budget left."""

    STOP = "stop"
    SKIP = "skip"


def select(contest: Contest) -> Selection:
    """Los, Christoff and Grossi 2022, "Proportional budget allocations: towards a
    systematization".

    Everyone earns 1 unit of money per unit of time, and whoever pays gives all they hold. So with
    r_i the time at which voter i paid last, the supporters N of a project hold its cost c at the
    time (c + Σ r_i) / |N|; the earliest is bought. The paper takes every cost to be within the
    budget: projects that exceed the whole of it are set aside at once. Raises `UnresolvedTie`.
    """
    selection = _Earnings(contest).selection()
    if contest.completion is Completion.GREEDY:
        selection = fill_greedily(contest, selection)
    return selection


class _Earnings:
    """One count under way.

    Payments only move the times of other projects later, so an old time is a lower bound, and
    only the projects whose bound is within the least new time are looked at.
    """

    def __init__(self, contest: Contest) -> None:
        self.supports = contest.supports
        self.stop = contest.parameters["unaffordable"] == Unaffordable.STOP
        self.sequence = Sequence(contest)
        self.clock = Clock(contest.profile.weights)
        budget = self.sequence.room.left
        for position in sorted(self.sequence.waiting):
            if self.sequence.projects[position].cost > budget:
                verdict = Verdict(Code.TOO_EXPENSIVE, {"step": 1, "left": budget})
                self.sequence.dismiss(position, verdict)
        self.bounds = [(0.0, position) for position in self.sequence.waiting]
        """A heap of (lower bound of the time, within `clock.error`; position)."""
        heapq.heapify(self.bounds)

    def selection(self) -> Selection:
        """Buy until nobody waits, or until the chosen one does not fit."""
        ended_by = None
        while self.bounds and ended_by is None:
            time, equal = self._earliest()
            ended_by = self._take(time, equal)
        for position in self.sequence.in_order(self.sequence.waiting):
            self.sequence.dismiss(position, Verdict(Code.COUNT_ENDED, {"ended_by": ended_by}))
        return self.sequence.selection()

    def _earliest(self) -> tuple[Fraction, list[int]]:
        """The earliest time, and the projects that can be bought then; they leave the heap."""
        near = 1 + 4 * self.clock.error
        least, fresh = inf, []
        while self.bounds and self.bounds[0][0] <= least * near:
            _, position = heapq.heappop(self.bounds)
            payers = self.clock.payers(self.supports[position])
            about = self.clock.about(payers, *self._price(position))
            least = min(least, about)
            fresh.append((about, position, payers))
        exact = {
            position: self.clock.when(payers, *self._price(position))
            for about, position, payers in fresh
            if about <= least * near
        }
        first = min(exact.values())
        equal = [position for position, time in exact.items() if time == first]
        for about, position, _ in fresh:
            if position not in equal:
                heapq.heappush(self.bounds, (about, position))
        return first, equal

    def _price(self, position: int) -> tuple[int, int]:
        return self.sequence.projects[position].cost, self.supports[position].votes

    def _take(self, time: Fraction, equal: list[int]) -> str | None:
        """Buy the first of several equal projects; returns the one that ended the count, if so.

        Those that can no longer be funded, whatever the order, are dropped beforehand.
        """
        sequence = self.sequence
        account = {"time": fraction_text(time)}
        for position in sequence.in_order(equal):
            project = sequence.projects[position]
            verdict = (sequence.room.shut_out if self.stop else sequence.room.obstacle)(project)
            if verdict is not None:
                sequence.reject(position, verdict, **account)
                equal.remove(position)
        if not equal:
            return None
        fitting = [p for p in equal if sequence.projects[p].cost <= sequence.room.left]
        position = sequence.best(equal, bool(fitting) and not sequence.harmless(equal))
        verdict = sequence.room.obstacle(sequence.projects[position])
        if verdict is not None:
            sequence.reject(position, verdict, **account)
            return sequence.projects[position].id
        for other in equal:
            if other != position:
                heapq.heappush(self.bounds, (float(time), other))
        self.clock.pay(self.supports[position], time)
        sequence.fund(position, {}, **account)
        return None


RULE = Rule(
    id="phragmen",
    title={
        "en": "Phragmén’s sequential rule",
        "es": "Regla secuencial de Phragmén",
        "fr": "Règle séquentielle de Phragmén",
        "pt": "Regra sequencial de Phragmén",
    },
    description={
        "en": "Everyone who votes earns money at the same pace. As soon as the supporters of a project together hold its cost, they pay for it with all they hold, and begin again from nothing. The count ends at the first project that exceeds what is left of the budget, or passes it over, as the round says.",
        "es": "Quienes votan ganan dinero al mismo ritmo. En cuanto quienes apoyan un proyecto reúnen su costo, lo pagan con todo lo que tienen y vuelven a empezar de cero. El escrutinio termina en el primer proyecto que supera lo que queda del presupuesto, o lo salta, según diga la ronda.",
        "fr": "Tous les votants gagnent de l’argent au même rythme. Dès que les soutiens d’un projet réunissent son coût, ils le paient avec tout ce qu’ils ont et repartent de zéro. Le dépouillement s’arrête au premier projet qui dépasse ce qui reste du budget, ou le laisse de côté, selon l’édition.",
        "pt": "Quem vota ganha dinheiro no mesmo ritmo. Assim que quem apoia um projeto reúne o custo dele, paga-o com tudo o que tem e recomeça do zero. A apuração termina no primeiro projeto que excede o que resta do orçamento, ou deixa-o de fora, conforme a rodada.",
    },
    citation="Los, Christoff, Grossi, “Proportional budget allocations: towards a systematization”, IJCAI 2022.",
    complexity="For each project bought, a pass over the supporters of the few projects that may be next.",
    styles=frozenset(BallotStyle) - {BallotStyle.RANKED},
    utilities=(Utility.CARDINALITY,),
    default_utility=lambda _style: Utility.CARDINALITY,
    completions=(Completion.NONE, Completion.GREEDY),
    parameters=(
        Parameter(
            name="unaffordable",
            type=Kind.CHOICE,
            default=Unaffordable.STOP.value,
            choices=tuple(choice.value for choice in Unaffordable),
            help={
                "en": "A project that exceeds what is left ends the count (stop), or is dropped while its supporters keep their money (skip).",
                "es": "Un proyecto que supera lo que queda termina el escrutinio (stop), o se descarta y quienes lo apoyan conservan su dinero (skip).",
                "fr": "Un projet qui dépasse ce qui reste met fin au dépouillement (stop), ou est écarté et ses soutiens gardent leur argent (skip).",
                "pt": "Um projeto que excede o que resta encerra a apuração (stop), ou é descartado e quem o apoia conserva o seu dinheiro (skip).",
            },
        ),
        MIN_SCORE,
    ),
    select=select,
)
