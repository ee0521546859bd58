"""Is this a valid ballot, and what is its one canonical form?

Choices are values of JSON: a list of ids for approval, knapsack and ranked ballots, a list of
`[id, number]` pairs for points and score; an empty list is a blank ballot.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tallying.election import BallotStyle, Election

Choices = Sequence[Any]


class ReasonCode(StrEnum):
    """Why a ballot is invalid; in brackets what `project_id` and `limit` of the `Reason` hold."""

    MALFORMED = "malformed"
    """A choice is not of the ballot's style."""
    UNKNOWN_PROJECT = "unknown_project"
    """[project] is not on the ballot."""
    REPEATED_PROJECT = "repeated_project"
    """[project] is named more than once."""
    BLANK = "blank"
    """Nothing is chosen, and the round allows no blank ballot."""
    TOO_FEW = "too_few"
    """Fewer than [limit] projects are named."""
    TOO_MANY = "too_many"
    """More than [limit] projects are named."""
    OVER_BUDGET = "over_budget"
    """A knapsack ballot costs more than the budget [limit], in minor units."""
    UNDER_SPEND = "under_spend"
    """A knapsack ballot costs less than [limit], in minor units."""
    NOT_POSITIVE = "not_positive"
    """[project] is given a number below 1."""
    SCORE_TOO_HIGH = "score_too_high"
    """[project] is graded above [limit]."""
    TOO_FEW_POINTS = "too_few_points"
    """Fewer than [limit] points are given in all."""
    TOO_MANY_POINTS = "too_many_points"
    """More than [limit] points are given in all."""


@dataclass(frozen=True)
class Reason:
    """One reason why a ballot is invalid; `code` is a `ReasonCode` or one of the caller's own."""

    code: str
    project_id: str | None = None
    limit: int | None = None


def canonical(style: BallotStyle, choices: Choices) -> list[Any]:
    """The choices in the one order that stands for them.

    Ranked ballots keep the voter's order; all others are sorted by the UTF-8 bytes of the ids.
    """
    if style is BallotStyle.RANKED:
        return list(choices)
    if style.graded:
        return sorted(([name, number] for name, number in choices), key=_pair_order)
    return sorted(choices, key=str.encode)


def _pair_order(pair: list[Any]) -> tuple[bytes, int]:
    return pair[0].encode(), pair[1]


def check(election: Election, choices: Choices) -> tuple[Reason, ...]:
    """Every reason why the choices are no valid ballot of the election; none when they are."""
    if not _well_formed(election.style, choices):
        return (Reason(ReasonCode.MALFORMED),)
    if not choices:
        return () if election.limits.blank_allowed else (Reason(ReasonCode.BLANK),)
    ids = [choice[0] for choice in choices] if election.style.graded else list(choices)
    return (
        *_names(election, ids),
        *_length(election, ids),
        *(_numbers(election, choices) if election.style.graded else ()),
        *(_spending(election, ids) if election.style is BallotStyle.KNAPSACK else ()),
    )


def _well_formed(style: BallotStyle, choices: object) -> bool:
    if not isinstance(choices, list | tuple):
        return False
    if not style.graded:
        return all(isinstance(choice, str) for choice in choices)
    return all(
        isinstance(choice, list | tuple)
        and len(choice) == 2
        and isinstance(choice[0], str)
        and type(choice[1]) is int
        for choice in choices
    )


def _names(election: Election, ids: list[str]) -> Iterator[Reason]:
    for name, times in Counter(ids).items():
        if name not in election.index:
            yield Reason(ReasonCode.UNKNOWN_PROJECT, name)
        if times > 1:
            yield Reason(ReasonCode.REPEATED_PROJECT, name)


def _length(election: Election, ids: list[str]) -> Iterator[Reason]:
    limits = election.limits
    if len(ids) < limits.min_length:
        yield Reason(ReasonCode.TOO_FEW, None, limits.min_length)
    if limits.max_length is not None and len(ids) > limits.max_length:
        yield Reason(ReasonCode.TOO_MANY, None, limits.max_length)


def _numbers(election: Election, choices: Choices) -> Iterator[Reason]:
    limits = election.limits
    for name, number in choices:
        if number < 1:
            yield Reason(ReasonCode.NOT_POSITIVE, name)
        if limits.max_score is not None and number > limits.max_score:
            yield Reason(ReasonCode.SCORE_TOO_HIGH, name, limits.max_score)
    total = sum(max(0, number) for _, number in choices)
    if total < limits.min_points:
        yield Reason(ReasonCode.TOO_FEW_POINTS, None, limits.min_points)
    if limits.max_points is not None and total > limits.max_points:
        yield Reason(ReasonCode.TOO_MANY_POINTS, None, limits.max_points)


def _spending(election: Election, ids: list[str]) -> Iterator[Reason]:
    total = sum(
        election.projects[election.index[name]].cost for name in ids if name in election.index
    )
    if total > election.budget:
        yield Reason(ReasonCode.OVER_BUDGET, None, election.budget)
    if total < election.limits.min_spend:
        yield Reason(ReasonCode.UNDER_SPEND, None, election.limits.min_spend)
