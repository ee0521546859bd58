"""What rules share that decide on one project after the other."""

from collections.abc import Iterable
from typing import Any

from tallying.codes import Code
from tallying.election import Project
from tallying.rules.greedy import without_support
from tallying.rules.room import Room
from tallying.rules.rule import Contest, Selection, Verdict
from tallying.rules.walk import Candidate
from tallying.ties import Tie


class Sequence:
    """The decisions made so far; `waiting` holds the positions of the projects without one.

    Projects that nobody supports, or that miss the minimum score, never wait.
    """

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.projects = contest.election.projects
        self.room = Room(contest.election)
        candidates = [
            Candidate(project, support.score, support.votes)
            for project, support in zip(self.projects, contest.natural, strict=True)
        ]
        self._verdicts = dict(without_support(candidates, contest.parameters.get("min_score", 0)))
        self._rounds: list[dict[str, Any]] = []
        self.ties: list[Tie] = []
        self.funded: list[int] = []
        self.waiting = {
            position
            for position, project in enumerate(self.projects)
            if project.id not in self._verdicts and contest.supports[position].votes
        }
        for project, support in zip(self.projects, contest.supports, strict=True):
            if not support.votes:
                self._verdicts.setdefault(project.id, Verdict(Code.NO_SUPPORT))

    @property
    def step(self) -> int:
        """The number of the next decision, from 1."""
        return len(self._rounds) + 1

    def best(self, equal: Iterable[int], matters: bool = True) -> int:
        """Who of several equal projects comes first by the tie order; the tie is recorded.

        Raises `UnresolvedTie` when the order leaves that open and it matters.
        """
        tied = [self.projects[position] for position in equal]
        if len(tied) > 1:
            first, tie = self.contest.ties.first(tied, self.step, matters)
            self.ties.append(tie)
            return self.contest.election.index[first.id]
        return self.contest.election.index[tied[0].id]

    def worst(self, equal: Iterable[int], matters: bool = True) -> int:
        """Who of several equal projects comes last by the tie order; the tie is recorded.

        Raises `UnresolvedTie` when the order leaves that open and it matters.
        """
        tied = [self.projects[position] for position in equal]
        ties = self.contest.ties
        groups = ties.arrange(tied)
        if len(tied) > 1:
            matters = matters and len(groups[-1]) > 1
            if matters:
                ties.leave_open(groups[-1], self.step)
            self.ties.append(ties.record(groups, self.step, matters))
        return self.contest.election.index[groups[-1][-1].id]

    def in_order(self, positions: Iterable[int]) -> list[int]:
        """Positions by the bytes of their ids, for accounts where no order decides anything."""
        return sorted(positions, key=lambda position: self.projects[position].id.encode())

    def harmless(self, equal: Iterable[int]) -> bool:
        """Whether all these projects are funded in whatever order: they cost nothing, and no two
        of them exclude one another."""
        tied = [self.projects[position] for position in equal]
        groups = [p.exclusive_group for p in tied if p.exclusive_group is not None]
        return all(p.cost == 0 for p in tied) and len(groups) == len(set(groups))

    def fund(self, position: int, values: dict[str, Any], **account: Any) -> None:
        """Fund a project; `values` go into its verdict too, `account` into the round alone."""
        project = self.projects[position]
        self.room.take(project)
        self.funded.append(position)
        self._decide(project, Verdict(Code.FUNDED, values), account)

    def reject(self, position: int, verdict: Verdict, **account: Any) -> None:
        """Drop a project for good."""
        self._decide(self.projects[position], verdict, account)

    def _decide(self, project: Project, verdict: Verdict, account: dict[str, Any]) -> None:
        self.waiting.remove(self.contest.election.index[project.id])
        values = {"step": self.step, "left": self.room.left, **verdict.values}
        self._rounds.append(
            {
                "step": self.step,
                "project": project.id,
                "cost": project.cost,
                **account,
                **(verdict.values if verdict.code == Code.FUNDED else {}),
                "left": self.room.left,
                "verdict": str(verdict.code),
            }
        )
        self._verdicts[project.id] = Verdict(verdict.code, values)

    def note(self, **account: Any) -> None:
        """Tell of a step that decides about no single project."""
        self._rounds.append({"step": self.step, "project": None, **account, "left": self.room.left})

    def amend(self, **account: Any) -> None:
        """Tell more of the latest step."""
        self._rounds[-1].update(account)

    def dismiss(self, position: int, verdict: Verdict) -> None:
        """Leave a project out without a decision of its own."""
        self.waiting.remove(position)
        self._verdicts[self.projects[position].id] = verdict

    def selection(self) -> Selection:
        """What was selected; nobody waits any more."""
        return Selection(
            funded=tuple(self.projects[position].id for position in self.funded),
            rounds=tuple(self._rounds),
            ties=tuple(self.ties),
            verdicts=dict(self._verdicts),
        )
