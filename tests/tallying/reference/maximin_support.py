"""Maximin support straight from the definition: every set of projects is looked at."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

from tallying.outcome import Outcome
from tallying.rules.rule import Contest, Selection
from tallying.rules.sequence import Sequence


def recount(outcome: Outcome) -> Outcome:
    """The same contest, counted plainly."""
    return replace(outcome, selection=select(outcome.contest))


def load(contest: Contest, projects: list[int]) -> Fraction:
    """The greatest cost per supporter of any set of some projects."""
    sets = chain.from_iterable(combinations(projects, size) for size in range(1, len(projects) + 1))
    return max(_density(contest, chosen) for chosen in sets)


def _density(contest: Contest, chosen: tuple[int, ...]) -> Fraction:
    ballots = {ballot for p in chosen for ballot in contest.supports[p].ballots.tolist()}
    voters = sum(int(contest.profile.weights[ballot]) for ballot in ballots)
    return Fraction(sum(contest.election.projects[p].cost for p in chosen), voters)


def select(contest: Contest) -> Selection:
    sequence = Sequence(contest)
    while True:
        for position in sequence.in_order(sequence.waiting):
            verdict = sequence.room.obstacle(sequence.projects[position])
            if verdict is not None:
                sequence.reject(position, verdict, load=None)
        if not sequence.waiting:
            return sequence.selection()
        loads = {p: load(contest, [*sequence.funded, p]) for p in sequence.waiting}
        least = min(loads.values())
        equal = [p for p, own in loads.items() if own == least]
        first = sequence.best(equal, matters=not sequence.harmless(equal))
        sequence.fund(first, {}, load=f"{least.numerator}/{least.denominator}")
