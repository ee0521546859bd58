"""Expanding approvals straight from the definition: a Fraction for every voter."""

from fractions import Fraction

from tallying.election import Project
from tallying.outcome import Outcome
from tallying.rules.room import Room


class Count:
    """`bought` holds each funded project with its rank and its support then."""

    def __init__(self, outcome: Outcome) -> None:
        contest = outcome.contest
        self.ballots = [
            list(choices) for choices, number in contest.profile.pairs() for _ in range(number)
        ]
        self.weights = [Fraction(1)] * len(self.ballots)
        self.budget, self.projects = contest.election.budget, contest.election.projects
        named = {name for ballot in self.ballots for name in ballot}
        self.waiting = [project for project in self.projects if project.id in named]
        self.room = Room(contest.election)
        self.ranking = contest.ties.ranking
        self.bought: list[tuple[str, int, Fraction]] = []

    def supporters(self, project: Project, rank: int) -> list[int]:
        last = len(self.projects)
        return [
            voter
            for voter, ballot in enumerate(self.ballots)
            if (ballot.index(project.id) + 1 if project.id in ballot else last) <= rank
        ]

    def support(self, project: Project, rank: int) -> Fraction:
        return sum((self.weights[v] for v in self.supporters(project, rank)), Fraction(0))

    def ready(self, rank: int) -> list[Project]:
        return [
            p
            for p in self.waiting
            if self.room.obstacle(p) is None
            and self.supporters(p, rank)
            and self.support(p, rank) * self.budget >= len(self.ballots) * p.cost
        ]

    def merit(self, project: Project, rank: int) -> tuple[int, Fraction]:
        if not project.cost:
            return 0, Fraction(0)
        return 1, -self.support(project, rank) / project.cost

    def run(self) -> "Count":
        for rank in range(1, len(self.projects) + 1):
            while ready := self.ready(rank):
                chosen = min(ready, key=lambda p: (self.merit(p, rank), self.ranking(p)))
                support = self.support(chosen, rank)
                self.bought.append((chosen.id, rank, support))
                if chosen.cost:
                    paid = Fraction(len(self.ballots) * chosen.cost, self.budget)
                    for voter in self.supporters(chosen, rank):
                        self.weights[voter] *= 1 - paid / support
                self.room.take(chosen)
                self.waiting.remove(chosen)
        return self
