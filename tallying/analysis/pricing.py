"""Priceability: can the outcome be explained by voters who all hold the same money?

Peters and Skowron 2020, "Proportionality and the limits of welfarism", section 3.1, for projects
with costs: there is one endowment b for every voter, and payments, such that

- a voter pays only for what they support, and at most b in all;
- the payments for each funded project are exactly its cost, and nothing else is paid for;
- the supporters of an unfunded project have together at most its cost left.

What the election's own limits or the least score keep out (`complaints.shut_out`) is not asked
for. Both answers are proved in exact arithmetic, the cheap ways first:

1. **No, by one project.** Any b is at least c(S) / ‖∪ N(q), q ∈ S‖ for funded sets S. Supporters
   of p pay at most min(c(q), b · ‖N(p) ∩ N(q)‖) for a funded q, so they keep at least
   f(b) = b · ‖N(p)‖ − Σ min(…). As f is convex and f(0) = 0, f > c(p) at the least b means f > c(p)
   at every greater one, too.
2. **Yes, by payments as in equal shares**, for an endowment that is tried: first those of the
   rule itself, then by halving towards the least one that pays for everything. The projects are
   paid for in the order of selection.
3. **By the simplex method over fractions** (`feasibility`), when the election is small.

Otherwise the answer is `undecided`, and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

from tallying.analysis import feasibility
from tallying.analysis.complaints import shut_out
from tallying.analysis.exact import canonical_order, fraction_text, funded_positions
from tallying.analysis.satisfaction import represented
from tallying.outcome import Outcome
from tallying.profile import Integers
from tallying.rules.ledger import Ledger
from tallying.rules.purses import Purses

HALVINGS = 10
DOUBLINGS = 8


class Answer(StrEnum):
    """Whether the outcome is priceable."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Priceability:
    """The answer with what proves it.

    `proof` is `payments` or `simplex` for yes, with an `endowment` in minor units; `project` or
    `simplex` for no, with the unfunded `project` whose supporters always keep more than its cost.
    """

    answer: Answer
    proof: str | None = None
    endowment: Fraction | None = None
    project: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as a value of JSON."""
        endowment = self.endowment
        return {
            "answer": str(self.answer),
            "proof": self.proof,
            "endowment": None if endowment is None else fraction_text(endowment),
            "project": self.project,
        }


def priceability(outcome: Outcome) -> Priceability:
    """Decide whether an outcome is priceable, within a fixed amount of work."""
    question = _Question(outcome)
    found = question.refuted() or question.paid()
    if found is None and question.size <= feasibility.LARGEST:
        endowment = question.solved()
        if endowment is None:
            return Priceability(Answer.NO, "simplex")
        return Priceability(Answer.YES, "simplex", endowment)
    return found or Priceability(Answer.UNDECIDED)


class _Question:
    """Whether an outcome is priceable; supporters are positions of distinct ballots."""

    def __init__(self, outcome: Outcome) -> None:
        contest = outcome.contest
        self._outcome, self._contest = outcome, contest
        self.weights = contest.profile.weights
        self.costs = [project.cost for project in contest.election.projects]
        self.supporters = [support.ballots for support in contest.supports]
        self.funded = funded_positions(outcome)
        self._ids = [project.id for project in contest.election.projects]
        out = {*shut_out(outcome), *outcome.funded}
        asked = [p for p, name in enumerate(self._ids) if name not in out]
        self.unfunded = sorted(asked, key=lambda p: self._ids[p].encode())

    @property
    def size(self) -> int:
        """How many numbers the exact simplex method would start with."""
        payments = sum(len(self.supporters[p]) for p in self.funded)
        ballots = len(self.weights)
        rows = ballots + len(self.funded) + len(self.unfunded)
        return rows * (payments + rows)

    def least_endowment(self) -> Fraction:
        """A lower bound of any endowment that pays for what is funded."""
        votes = [int(self.weights[self.supporters[p]].sum()) for p in self.funded]
        single = [Fraction(self.costs[p], n) for p, n in zip(self.funded, votes, strict=True) if n]
        together = represented(self._contest.supports, self.funded, self.weights)
        whole = Fraction(sum(self.costs[p] for p in self.funded), max(1, together))
        return max([whole, *single])

    def refuted(self) -> Priceability | None:
        """A proof that no endowment will do, by the supporters of one project."""
        least = self.least_endowment()
        common = self._common()
        for row, p in enumerate(self.unfunded):
            voters = int(self.weights[self.supporters[p]].sum())
            spent = sum(
                (
                    min(Fraction(self.costs[q]), least * int(common[row, column]))
                    for column, q in enumerate(self.funded)
                ),
                Fraction(0),
            )
            if least * voters - spent > self.costs[p]:
                return Priceability(Answer.NO, "project", project=self._ids[p])
        return None

    def _common(self) -> Integers:
        """How many voters support both, shape (unfunded, funded)."""
        sizes = [len(self.supporters[p]) for p in self.unfunded]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        ballots = np.concatenate(
            [self.supporters[p] for p in self.unfunded] or [np.zeros(0, np.int64)]
        )
        common = np.zeros((len(sizes), len(self.funded)), dtype=np.int64)
        marked = np.zeros(len(self.weights), dtype=np.bool_)
        for column, q in enumerate(self.funded):
            marked[:] = False
            marked[self.supporters[q]] = True
            chosen = marked[ballots]
            np.add.at(common[:, column], owners[chosen], self.weights[ballots[chosen]])
        return common

    def paid(self) -> Priceability | None:
        """Payments that prove priceability, if those of equal shares do."""
        ledger = Ledger(self._contest.supports, self.weights)
        for endowment in self._own_endowments():
            if self._pays(ledger, endowment) is True:
                return Priceability(Answer.YES, "payments", endowment)
        low = high = self.least_endowment()
        doublings = 0
        while (left := self._pays(ledger, high)) is None:
            low, high, doublings = high, 2 * high, doublings + 1
            if doublings > DOUBLINGS:
                return None
        for _ in range(HALVINGS if doublings else 0):
            if left:
                break
            middle = (low + high) / 2
            trial = self._pays(ledger, middle)
            low, high, left = (middle, high, left) if trial is None else (low, middle, trial)
        return Priceability(Answer.YES, "payments", high) if left else None

    def solved(self) -> Fraction | None:
        """The endowment that the simplex method finds, the ballots in canonical order."""
        order = canonical_order(self._contest.profile)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        supporters = [np.sort(place[ballots]) for ballots in self.supporters]
        weights = self.weights[order]
        return feasibility.endowment(supporters, weights, self.funded, self.unfunded, self.costs)

    def _pays(self, ledger: Ledger, endowment: Fraction) -> bool | None:
        """Whether the supporters of unfunded projects keep at most the cost; None when what is
        funded cannot be paid for."""
        purses = Purses(ledger, endowment)
        for p in self.funded:
            bound = purses.bound(p, self.costs[p], 0.0, inf)
            if bound is None:
                return None
            purses.pay(purses.price(p, self.costs[p], bound))
        return all(
            purses.held(self.supporters[p]) <= self.costs[p] * purses.unit for p in self.unfunded
        )

    def _own_endowments(self) -> Iterator[Fraction]:
        """The endowments with which a rule that gives everybody the same would have counted."""
        contest = self._contest
        major = 10**contest.election.minor_digits
        equal = Fraction(contest.election.budget, max(1, contest.profile.total))
        yield equal
        raised = self._outcome.selection.completion.get("add1")
        if raised is not None:
            first = equal
            if contest.parameters["integral"]:
                first = Fraction(equal // major * major)
            yield first + raised["raises"] * contest.parameters["step"] * major
