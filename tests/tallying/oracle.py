"""The same elections for pabutools, which counts in exact fractions (gmpy2)."""

from collections.abc import Sequence
from typing import Any

import pabutools.fractions
from pabutools import election as pb
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    maximin_support,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingRule

from tallying.election import BallotStyle
from tallying.profile import Profile
from tallying.utilities import NATURAL, supports

assert pabutools.fractions.FRACTION == pabutools.fractions.GMPY_FRAC

SATISFACTIONS = {
    "cost": pb.Cost_Sat,
    "cardinality": pb.Cardinality_Sat,
    "points": pb.Additive_Cardinal_Sat,
}


class Oracle:
    """One profile, with ties settled by lots."""

    def __init__(self, profile: Profile, lots: Sequence[str]) -> None:
        self._ours = profile
        election = profile.election
        self._projects = {p.id: pb.Project(p.id, p.cost) for p in election.projects}
        self._instance = pb.Instance(
            self._projects.values(), budget_limit=pabutools.fractions.frac(election.budget)
        )
        place = {name: position for position, name in enumerate(lots)}
        self._ties = TieBreakingRule(lambda _instance, _profile, project: place[project.name])

    def greedy(self, per_cost: bool = False) -> set[str]:
        """By score, or by score per cost; pabutools divides by cost, so scores are multiplied."""
        scores = [
            (p, s, 1 if per_cost else p.cost)
            for p, s in zip(
                self._ours.election.projects,
                supports(self._ours, NATURAL[self._ours.election.style]),
                strict=True,
            )
        ]
        ballot = pb.CardinalBallot(
            {self._projects[p.id]: pabutools.fractions.frac(s.score * f) for p, s, f in scores}
        )
        funded = greedy_utilitarian_welfare(
            self._instance,
            pb.CardinalProfile([ballot]),
            sat_class=pb.Additive_Cardinal_Sat,
            tie_breaking=self._ties,
        )
        supported = {p.id for p, s, _ in scores if s.votes}
        return {project.name for project in funded} & supported

    def equal_shares(self, utility: str) -> set[str]:
        return self._names(
            method_of_equal_shares(
                self._instance, self._ballots(), SATISFACTIONS[utility], tie_breaking=self._ties
            )
        )

    def equal_shares_add1(self, utility: str, step: int, exhaustive: bool) -> set[str]:
        """Raising the budget by n · step raises every share by one step."""
        voters = self._ours.total
        return self._names(
            exhaustion_by_budget_increase(
                self._instance,
                self._ballots(),
                method_of_equal_shares,
                {"sat_class": SATISFACTIONS[utility], "tie_breaking": self._ties},
                exhaustive_stop=exhaustive,
                budget_step=pabutools.fractions.frac(voters * step),
            )
        )

    def phragmen(self) -> set[str]:
        """Without the projects that nobody supports, which pabutools buys last."""
        return self._sequential(sequential_phragmen)

    def maximin_support(self) -> set[str]:
        """Without the projects that nobody supports."""
        return self._sequential(maximin_support)

    def _sequential(self, rule: Any) -> set[str]:
        supported = [
            self._projects[p.id]
            for p, support in zip(
                self._ours.election.projects,
                supports(self._ours, NATURAL[self._ours.election.style]),
                strict=True,
            )
            if support.votes
        ]
        instance = pb.Instance(supported, budget_limit=self._instance.budget_limit)
        return self._names(rule(instance, self._ballots(), tie_breaking=self._ties))

    def _ballots(self) -> Any:
        if self._ours.election.style is BallotStyle.APPROVAL:
            return pb.ApprovalProfile(
                [
                    pb.ApprovalBallot([self._projects[name] for name in choices])
                    for choices, count in self._ours.pairs()
                    for _ in range(count)
                ]
            )
        return pb.CardinalProfile(
            [
                pb.CardinalBallot(
                    {self._projects[name]: number for name, number in self._graded(choices)}
                )
                for choices, count in self._ours.pairs()
                for _ in range(count)
            ]
        )

    def _graded(self, choices: list[Any]) -> list[tuple[str, int]]:
        """Points as given; ranks as our Borda points, since pabutools counts Borda otherwise."""
        if self._ours.election.style is not BallotStyle.RANKED:
            return [(name, number) for name, number in choices]
        highest = self._ours.election.limits.max_length or len(self._projects)
        return [(name, highest - place) for place, name in enumerate(choices)]

    def _names(self, funded: Any) -> set[str]:
        return {project.name for project in funded}
