"""The rules beside pabutools, on one real file, in one run: medians, and how many times faster.

    python -m benchmarks.rules FILE.pb [--repeat N]

A ranked file measures all three rules, an approval file greedy and equal shares. pabutools counts
with exact fractions (gmpy2). Each side reads the file once with its own reader; a rule is timed
after reading. On ranked ballots pabutools is given our Borda points, since its own Borda counts
otherwise. The outcomes are compared, not only the times.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pabutools import election as pb
from pabutools.election.pabulib import parse_pabulib
from pabutools.fractions import frac
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from tallying.election import BallotStyle
from tallying.formats import pabulib
from tallying.formats.pabulib import PabulibFile
from tallying.profile import Profile
from tallying.rules import RULES, RuleConfig, count


@dataclass(frozen=True)
class Measure:
    """Median seconds of one piece of work on both sides, and whether they agree."""

    work: str
    ours: float
    theirs: float
    same: bool

    def row(self) -> str:
        same = "same" if self.same else "DIFFERENT"
        return (
            f"| {self.work} | {_seconds(self.ours)} | {_seconds(self.theirs)} "
            f"| {self.theirs / self.ours:,.0f} × | {same} |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table; 1 when an outcome differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args(arguments)
    measures = measure(args.file, args.repeat)
    print(f"{args.file.name}, medians of {args.repeat}\n")
    print("| work | here | pabutools | ratio | outcome |")
    print("|---|---:|---:|---:|---|")
    for found in measures:
        print(found.row())
    return 0 if all(found.same for found in measures) else 1


def measure(path: Path, repeat: int) -> list[Measure]:
    """Read with both, then count with both by each rule that takes the file's ballots."""
    our_time, ours = _timed(lambda: _read(path), repeat)
    their_time, (instance, profile) = _timed(lambda: parse_pabulib(str(path)), repeat)
    read = Measure("read and merge", our_time, their_time, len(profile) == ours.profile.total)
    rules = [rule.id for rule in RULES.values() if ours.election.style in rule.styles]
    return [read, *(_count(rule, ours, instance, profile, repeat) for rule in rules)]


def _read(path: Path) -> PabulibFile:
    file = pabulib.read(path)
    _ = file.profile
    return file


def _count(rule: str, file: PabulibFile, instance: Any, profile: Any, repeat: int) -> Measure:
    lots = sorted(file.election.index)
    config = RuleConfig(rule, ties=("lots",))
    our_time, outcome = _timed(
        lambda: count(file.election, _fresh(file), config, lots=lots), repeat
    )
    satisfaction = pb.Cost_Sat
    if file.election.style is BallotStyle.RANKED:
        satisfaction = pb.Additive_Cardinal_Sat
        profile = _points(file, instance, times_cost=rule != "equal-shares")
    run = method_of_equal_shares if rule == "equal-shares" else greedy_utilitarian_welfare
    ties = TieBreakingRule(lambda _instance, _profile, project: lots.index(project.name))
    their_time, funded = _timed(
        lambda: run(instance, profile, sat_class=satisfaction, tie_breaking=ties), repeat
    )
    supported = {
        project.id
        for project, support in zip(file.election.projects, outcome.contest.natural, strict=True)
        if support.votes
    }
    same = set(outcome.funded) == {project.name for project in funded} & supported
    return Measure(rule, our_time, their_time, same)


def _fresh(file: PabulibFile) -> Profile:
    """The profile without what an earlier count of it left computed."""
    profile = file.profile
    return Profile(profile.election, profile.rows, profile.weights, profile.total)


def _points(file: PabulibFile, instance: Any, times_cost: bool) -> Any:
    """Our Borda points for each voter; times the cost for a greedy rule that divides by it."""
    highest = file.election.limits.max_length or len(file.election.projects)
    projects = {project.name: project for project in instance}
    return pb.CardinalProfile(
        [
            pb.CardinalBallot(
                {
                    projects[name]: frac(highest - place)
                    * (projects[name].cost if times_cost else 1)
                    for place, name in enumerate(choices)
                }
            )
            for _, choices in file.ballots_raw
        ]
    )


def _timed(work: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Median seconds and the last result."""
    seconds, result = [], None
    for _ in range(repeat):
        begin = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), result


def _seconds(amount: float) -> str:
    return f"{amount * 1000:,.1f} ms" if amount < 1 else f"{amount:,.1f} s"


if __name__ == "__main__":
    raise SystemExit(main())
