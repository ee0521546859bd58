"""Scottish council elections from the statute: every paper by itself, five decimals, unit costs."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from tallying.outcome import Outcome

FIVE = Decimal("0.00001")


@dataclass
class Paper:
    choices: tuple[str, ...]
    holder: str | None
    value: Decimal = Decimal(1)


class Count:
    """Lots are the tie order: first in the order wins, and is transferred first."""

    def __init__(self, outcome: Outcome) -> None:
        contest = outcome.contest
        self.papers = [
            Paper(tuple(choices), choices[0])
            for choices, number in contest.profile.pairs()
            for _ in range(number)
            if choices
        ]
        self.lots = {p.id: -int(contest.ties.ranking(p)[0]) for p in contest.election.projects}
        self.seats = contest.election.budget
        self.quota = Decimal(len(self.papers) // (self.seats + 1) + 1)
        self.continuing = {name for paper in self.papers for name in paper.choices}
        self.elected: list[str] = []
        self.pending: list[str] = []
        self.stages: list[dict[str, Decimal]] = []
        self.votes = {
            name: Decimal(sum(paper.holder == name for paper in self.papers))
            for name in self.continuing
        }

    def standing(self, name: str) -> tuple[tuple[Decimal, ...], int]:
        """Votes at every stage, the latest first, then the lots."""
        return tuple(stage[name] for stage in reversed(self.stages)), self.lots[name]

    def run(self) -> set[str]:
        while True:
            self.stages.append(dict(self.votes))
            self.elect()
            vacancies = self.seats - len(self.elected)
            if not vacancies:
                return set(self.elected)
            if len(self.continuing) <= vacancies:
                return {*self.elected, *self.continuing}
            if self.pending:
                chosen = max(self.pending, key=self.standing)
                self.pending.remove(chosen)
                surplus, total = self.votes[chosen] - self.quota, self.votes[chosen]
                self.move(chosen, surplus, total)
            else:
                chosen = min(self.continuing, key=self.standing)
                self.continuing.discard(chosen)
                self.move(chosen, Decimal(1), Decimal(1))

    def elect(self) -> None:
        reached = {name for name in self.continuing if self.votes[name] >= self.quota}
        self.continuing -= reached
        self.elected += sorted(reached)
        self.pending += [name for name in reached if self.votes[name] > self.quota]

    def move(self, name: str, surplus: Decimal, total: Decimal) -> None:
        for paper in self.papers:
            if paper.holder == name:
                later = paper.choices[paper.choices.index(name) + 1 :]
                paper.holder = next((c for c in later if c in self.continuing), None)
                paper.value = (surplus * paper.value / total).quantize(FIVE, ROUND_DOWN)
                if paper.holder:
                    self.votes[paper.holder] += paper.value
        self.votes[name] = Decimal(0)
