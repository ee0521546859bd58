"""Small elections written in a line or two."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallying.election import BallotStyle, Election, Limits, Project
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count

Ballots = Sequence[tuple[Sequence[Any], int]]


def election(
    costs: Mapping[str, int],
    budget: int,
    style: BallotStyle = BallotStyle.APPROVAL,
    limits: Limits | None = None,
    groups: Mapping[str, str] | None = None,
) -> Election:
    projects = tuple(
        Project(name, f"Project {name}", cost, exclusive_group=(groups or {}).get(name))
        for name, cost in costs.items()
    )
    return Election(projects, budget, style, limits or Limits())


def counted(
    election: Election,
    ballots: Ballots,
    rule: str = "greedy",
    lots: Sequence[str] | None = None,
    **options: Any,
) -> Outcome:
    """Count with the tie order `lots`, in the order given or else alphabetical."""
    order = list(lots or sorted(election.index))
    config = RuleConfig.from_json({"rule": rule, "ties": ["lots"], **options})
    return count(election, Profile.from_counts(election, ballots), config, lots=order)
