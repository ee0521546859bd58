"""Sequential Phragmén straight from the definition: a balance for every voter, as fractions."""

from dataclasses import replace
from fractions import Fraction

from tallying.codes import Code
from tallying.outcome import Outcome
from tallying.rules.completion import fill_greedily
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.sequence import Sequence


def recount(outcome: Outcome) -> Outcome:
    """The same contest, counted plainly."""
    contest = outcome.contest
    selection = Run(contest).selection()
    if contest.completion is Completion.GREEDY:
        selection = fill_greedily(contest, selection)
    return replace(outcome, selection=selection)


class Run:
    """Balances grow with the time that passes from one decision to the next."""

    def __init__(self, contest: Contest) -> None:
        self.stop = contest.parameters["unaffordable"] == "stop"
        self.sequence = Sequence(contest)
        owners = [i for i, w in enumerate(contest.profile.weights.tolist()) for _ in range(w)]
        self.balances = [Fraction(0)] * len(owners)
        self.supporters = [
            [voter for voter, ballot in enumerate(owners) if ballot in support.ballots.tolist()]
            for support in contest.supports
        ]
        self.now = Fraction(0)
        budget = contest.election.budget
        for position in list(self.sequence.waiting):
            if self.sequence.projects[position].cost > budget:
                verdict = Verdict(Code.TOO_EXPENSIVE, {"step": 1, "left": budget})
                self.sequence.dismiss(position, verdict)

    def selection(self) -> Selection:
        while self.sequence.waiting:
            ended_by = self.decide()
            if ended_by is not None:
                for position in list(self.sequence.waiting):
                    self.sequence.dismiss(
                        position, Verdict(Code.COUNT_ENDED, {"ended_by": ended_by})
                    )
        return self.sequence.selection()

    def lack(self, position: int) -> Fraction:
        """How long the supporters still have to earn."""
        supporters = self.supporters[position]
        held = sum(self.balances[voter] for voter in supporters)
        return Fraction(self.sequence.projects[position].cost - held) / len(supporters)

    def decide(self) -> str | None:
        sequence = self.sequence
        wait = min(self.lack(position) for position in sequence.waiting)
        equal = [p for p in sequence.waiting if self.lack(p) == wait]
        self.now += wait
        self.balances = [balance + wait for balance in self.balances]
        time = f"{self.now.numerator}/{self.now.denominator}"
        lost = False
        for position in sequence.in_order(equal):
            project = sequence.projects[position]
            verdict = sequence.room.obstacle(project)
            if verdict is not None and not (self.stop and verdict.code == Code.TOO_EXPENSIVE):
                sequence.reject(position, verdict, time=time)
                lost = True
        if lost:
            return None
        free = all(sequence.projects[p].cost == 0 for p in equal)
        chosen = sequence.best(equal, matters=not free)
        project = sequence.projects[chosen]
        verdict = sequence.room.obstacle(project)
        if verdict is not None:
            sequence.reject(chosen, verdict, time=time)
            return project.id
        sequence.fund(chosen, {}, time=time)
        for voter in self.supporters[chosen]:
            self.balances[voter] = Fraction(0)
        return None
