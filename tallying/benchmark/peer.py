"""The same election for pabutools, which counts in exact fractions; imported only when used.

pabutools is no part of what `tallying` needs: a comparison is left out where it is not installed.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from tallying.election import BallotStyle
from tallying.formats import ElectionFile


def installed() -> bool:
    """Whether pabutools and gmpy2, with which it counts in exact fractions, can be imported."""
    return find_spec("pabutools") is not None and find_spec("gmpy2") is not None


def read(path: Path) -> tuple[Any, Any]:
    """Instance and profile of a Pabulib file, by pabutools' own reader."""
    from pabutools.election.pabulib import parse_pabulib

    instance, profile = parse_pabulib(str(path))
    return instance, profile


class Peer:
    """Counts what `read` gave, with ties settled by lots: all project ids, first to last."""

    def __init__(
        self, file: ElectionFile, instance: Any, profile: Any, lots: Sequence[str]
    ) -> None:
        from pabutools.tiebreaking import TieBreakingRule

        self._file, self._instance, self._profile = file, instance, profile
        place = {name: position for position, name in enumerate(lots)}
        self._ties = TieBreakingRule(lambda _instance, _profile, project: place[project.name])

    def work(self, rule: str, completion: str) -> Callable[[], set[str]] | None:
        """What funds the projects of a rule; None where pabutools has not the same rule."""
        approval = self._file.election.style in (BallotStyle.APPROVAL, BallotStyle.KNAPSACK)
        ranked = self._file.election.style is BallotStyle.RANKED
        known: dict[tuple[str, str], tuple[bool, Callable[[], Any]]] = {
            ("greedy", "none"): (approval, self._greedy),
            ("borda", "none"): (ranked, self._borda),
            ("equal-shares", "none"): (approval, self._equal_shares),
            ("equal-shares", "add1"): (approval, self._add1),
            ("phragmen", "none"): (approval, self._phragmen),
            ("maximin-support", "none"): (approval, self._maximin_support),
        }
        possible, work = known.get((rule, completion), (False, None))
        if not possible or work is None:
            return None
        return lambda: _quietly(work)

    def _greedy(self) -> Any:
        from pabutools.election import Cost_Sat
        from pabutools.rules import greedy_utilitarian_welfare

        return greedy_utilitarian_welfare(
            self._instance, self._profile, sat_class=Cost_Sat, tie_breaking=self._ties
        )

    def _borda(self) -> Any:
        """Our points for ranks, times the cost, since pabutools' greedy divides by it."""
        from pabutools import election as pb
        from pabutools.fractions import frac
        from pabutools.rules import greedy_utilitarian_welfare

        projects = {project.name: project for project in self._instance}
        highest = self._file.election.limits.max_length or len(projects)
        ballots = [
            pb.CardinalBallot(
                {
                    projects[name]: frac(highest - place) * projects[name].cost
                    for place, name in enumerate(choices)
                }
            )
            for choices, count in self._file.profile.pairs()
            for _ in range(count)
        ]
        return greedy_utilitarian_welfare(
            self._instance,
            pb.CardinalProfile(ballots),
            sat_class=pb.Additive_Cardinal_Sat,
            tie_breaking=self._ties,
        )

    def _equal_shares(self) -> Any:
        from pabutools.election import Cost_Sat
        from pabutools.rules import method_of_equal_shares

        return method_of_equal_shares(
            self._instance, self._profile, sat_class=Cost_Sat, tie_breaking=self._ties
        )

    def _add1(self) -> Any:
        from pabutools.election import Cost_Sat
        from pabutools.fractions import frac
        from pabutools.rules import exhaustion_by_budget_increase, method_of_equal_shares

        return exhaustion_by_budget_increase(
            self._instance,
            self._profile,
            method_of_equal_shares,
            {"sat_class": Cost_Sat, "tie_breaking": self._ties},
            exhaustive_stop=False,
            budget_step=frac(self._file.profile.total),
        )

    def _phragmen(self) -> Any:
        from pabutools.rules import sequential_phragmen

        return sequential_phragmen(self._instance, self._profile, tie_breaking=self._ties)

    def _maximin_support(self) -> Any:
        from pabutools.rules import maximin_support

        return maximin_support(self._instance, self._profile, tie_breaking=self._ties)


def _quietly(work: Callable[[], Any]) -> set[str]:
    """What the work funds; what its libraries warn of each other is not ours to tell."""
    with catch_warnings():
        simplefilter("ignore")
        return {project.name for project in work()}
