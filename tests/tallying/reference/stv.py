"""The single transferable vote straight from the definition: a Fraction for every voter."""

from dataclasses import dataclass, field
from fractions import Fraction

from tallying.election import Project
from tallying.outcome import Outcome
from tallying.rules.room import Room


@dataclass
class Voter:
    choices: list[str]
    worth: Fraction = Fraction(1)


@dataclass
class Count:
    """`hopeful` are the projects that may still be funded; `quotas` in votes."""

    outcome: Outcome
    funded: list[str] = field(default_factory=list)
    supports: list[Fraction] = field(default_factory=list)
    """What each project had when it was decided about, in the order of decisions."""

    def __post_init__(self) -> None:
        contest = self.outcome.contest
        self.voters = [
            Voter(list(choices)) for choices, n in contest.profile.pairs() for _ in range(n)
        ]
        named = {name for voter in self.voters for name in voter.choices}
        self.hopeful = [p for p in contest.election.projects if p.id in named]
        self.room = Room(contest.election)
        costs = [p.cost for p in contest.election.projects if p.cost]
        self.money = contest.election.budget + min(costs, default=1)
        self.ranking = contest.ties.ranking

    def quota(self, project: Project) -> int:
        return len(self.voters) * project.cost // self.money + 1

    def holders(self, project: Project) -> list[Voter]:
        hopeful = {p.id for p in self.hopeful}
        return [
            voter
            for voter in self.voters
            if next((name for name in voter.choices if name in hopeful), None) == project.id
        ]

    def votes(self, project: Project) -> Fraction:
        return sum((voter.worth for voter in self.holders(project)), Fraction(0))

    def share(self, project: Project) -> Fraction:
        return self.votes(project) / self.quota(project)

    def fund(self, project: Project) -> None:
        self.supports.append(self.votes(project))
        self.room.take(project)
        self.funded.append(project.id)
        self.hopeful.remove(project)

    def drop_closed(self) -> None:
        closed = [p for p in self.hopeful if self.room.obstacle(p) is not None]
        self.supports += [self.votes(p) for p in sorted(closed, key=lambda p: p.id)]
        self.hopeful = [p for p in self.hopeful if p not in closed]

    def run(self) -> "Count":
        while free := [p for p in self.hopeful if p.cost == 0]:
            self.fund(min(free, key=lambda p: (-self.votes(p), self.ranking(p))))
            self.drop_closed()
        self.drop_closed()
        while self.hopeful:
            self.decide()
            self.drop_closed()
        return self

    def decide(self) -> None:
        best = min(self.hopeful, key=lambda p: (-self.share(p), self.ranking(p)))
        if self.share(best) >= 1:
            holders, votes = self.holders(best), self.votes(best)
            self.fund(best)
            for voter in holders:
                voter.worth *= (votes - self.quota(best)) / votes
        elif self.room.fits_together(self.hopeful):
            for project in sorted(self.hopeful, key=lambda p: (-self.share(p), self.ranking(p))):
                self.supports.append(self.votes(project))
                self.funded.append(project.id)
            self.hopeful = []
        else:
            equal = [p for p in self.hopeful if self.share(p) == min(map(self.share, self.hopeful))]
            worst = max(equal, key=self.ranking)
            self.supports.append(self.votes(worst))
            self.hopeful.remove(worst)
