"""Exact equal shares straight from the definition: a Fraction for every voter, every share counted."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tallying.codes import Code
from tallying.outcome import Outcome
from tallying.rules.completion import fill_greedily
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.sequence import Sequence
from tallying.ties import Tie
from tests.tallying.reference.equal_shares import decimals

RAISING = (Completion.ADD1, Completion.ADD1_GREEDY, Completion.ADD_OPT)


def recount(outcome: Outcome) -> Outcome:
    """The same contest, counted plainly."""
    contest = outcome.contest
    share = Fraction(contest.election.budget, max(1, contest.profile.total))
    if contest.completion in RAISING:
        selection = raised(contest, share)
    else:
        selection = Run(contest, share).selection()
    if contest.completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
        selection = fill_greedily(contest, selection)
    return replace(outcome, selection=selection)


def raised(contest: Contest, share: Fraction) -> Selection:
    major = 10**contest.election.minor_digits
    if contest.parameters["integral"]:
        share = Fraction(share // major * major)
    first = share
    step = contest.parameters["step"] * major
    met: dict[Any, Tie] = {}
    kept, raises = Run(contest, share), 0
    while True:
        _remember(met, kept, raises)
        left = kept.sequence.room.left
        waiting = [kept.sequence.projects[p] for p in kept.open()]
        if not waiting:
            ended = "all_funded"
            break
        if contest.parameters["exhaustive"] and all(p.cost > left for p in waiting):
            ended = "exhaustive"
            break
        share += least_change(kept) if contest.completion is Completion.ADD_OPT else step
        trial = Run(contest, share)
        raises += 1
        if trial.sequence.room.left < 0:
            _remember(met, trial, raises)
            ended = "overrun"
            break
        kept = trial
    # Steps at which nothing changes leave no trace but their number.
    account = {
        "raises": raises - (ended == "overrun"),
        "first_share": decimals(first),
        "share": decimals(kept.share),
        "ended": ended,
    }
    name = "add_opt" if contest.completion is Completion.ADD_OPT else "add1"
    return replace(kept.selection(), ties=tuple(met.values()), completion={name: account})


def _remember(met: dict[Any, Tie], run: "Run", raises: int) -> None:
    for tie in run.sequence.ties:
        met.setdefault((tie.projects, tie.decided_by, tie.open), replace(tie, raises=raises))


def least_change(run: "Run") -> Fraction:
    """The least positive x with which some group of supporters is enough to change some step."""
    return min(x for x in _changes(run) if x > 0)


def _changes(run: "Run") -> Iterator[Fraction]:
    for step, (balances, candidates, best) in enumerate(run.history):
        for position in candidates:
            cost = run.sequence.projects[position].cost
            held = sorted((balances[v] for v in run.supporters[position]), reverse=True)
            for number in range(1, len(held) + 1):
                level = best is None or run.merit(position, number) >= best
                same = step < len(run.numbers) and run.numbers[step].get(position) == number
                if cost and level and not same:
                    yield Fraction(cost, number) - held[number - 1]


class Run:
    """One run with a share for every voter."""

    def __init__(self, contest: Contest, share: Fraction) -> None:
        self.contest, self.share = contest, share
        self.sequence = Sequence(contest)
        owners = [i for i, w in enumerate(contest.profile.weights.tolist()) for _ in range(w)]
        self.balances = [share] * len(owners)
        self.supporters = [
            [voter for voter, ballot in enumerate(owners) if ballot in support.ballots.tolist()]
            for support in contest.supports
        ]
        self.paid: list[tuple[str, Fraction, list[int]]] = []
        self.history: list[tuple[list[Fraction], list[int], Any]] = []
        self.numbers: list[dict[int, int]] = []
        while self.sequence.room.left >= 0 and self.buy():
            pass

    def open(self) -> list[int]:
        sequence = self.sequence
        return [
            p
            for p in sequence.in_order(sequence.waiting)
            if sequence.room.shut_out(sequence.projects[p]) is None
        ]

    def merit(self, position: int, number: int) -> tuple[bool, Fraction]:
        cost = self.sequence.projects[position].cost
        worth = cost if str(self.contest.utility) == "cost" else 1
        return (False, Fraction(worth * number, cost)) if cost else (True, Fraction(0))

    def payers(self, position: int) -> list[int]:
        """Who pays for a project; nobody where no group can pay in equal parts."""
        cost = self.sequence.projects[position].cost
        for number in range(len(self.supporters[position]), 0, -1):
            part = Fraction(cost, number)
            able = [v for v in self.supporters[position] if self.balances[v] >= part]
            if len(able) >= number:
                return able
        return []

    def buy(self) -> bool:
        sequence = self.sequence
        offers = {p: payers for p in self.open() if (payers := self.payers(p))}
        merits = {p: self.merit(p, len(payers)) for p, payers in offers.items()}
        best = max(merits.values(), default=None)
        self.history.append((list(self.balances), self.open(), best))
        if best is None:
            return False
        equal = [p for p in offers if merits[p] == best]
        self.numbers.append({p: len(offers[p]) for p in equal})
        first = sequence.best(equal, matters=not sequence.harmless(equal))
        payers = offers[first]
        part = Fraction(sequence.projects[first].cost, len(payers))
        for voter in payers:
            self.balances[voter] -= part
        self.paid.append((sequence.projects[first].id, part, payers))
        free, merit = best
        sequence.fund(
            first,
            {},
            merit=None if free else f"{merit.numerator}/{merit.denominator}",
            payers=len(payers),
            pays=f"{part.numerator}/{part.denominator}",
        )
        return True

    def selection(self) -> Selection:
        sequence = self.sequence
        for position in list(sequence.waiting):
            closed = sequence.room.shut_out(sequence.projects[position])
            sequence.dismiss(position, closed or self.account(position))
        return sequence.selection()

    def account(self, position: int) -> Verdict:
        own = set(self.supporters[position])
        used = [[name, int(part * len(own & set(payers)))] for name, part, payers in self.paid]
        return Verdict(
            Code.NO_EQUAL_PARTS,
            {
                "held": int(sum(self.balances[v] for v in own)),
                "used": sorted(
                    (pair for pair in used if pair[1]),
                    key=lambda pair: (-int(str(pair[1])), str(pair[0]).encode()),
                ),
            },
        )
