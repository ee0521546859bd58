"""The ballots of a Pabulib file: each distinct text is read once, and every repair has a name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.ballots import Choices, ReasonCode, canonical, check
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election, Limits
from tallying.errors import InvalidFile
from tallying.formats.amounts import parse_whole
from tallying.formats.raw_ballots import RawBallot, RawBallots, Texts, trimmed
from tallying.formats.readings import Reader
from tallying.formats.rows import Section
from tallying.outcome import Repair
from tallying.profile import Profile
from tallying.sparse import NO_ROWS, Integers, Rows, concatenated

_TOGETHER = 2**15
"""So many texts are read at once, which bounds the memory for their words."""


class Policy(StrEnum):
    """What is done with a ballot that is not as it should be; the same everywhere."""

    REPEATED_PROJECT = "repeated_project"
    """A project is named more than once: its first mention counts, the others are dropped."""
    UNKNOWN_PROJECT = "unknown_project"
    """A project is not in the list: the mention is dropped."""
    ZERO_POINTS = "zero_points"
    """A project is given 0 points: the mention is dropped."""
    LONGER_THAN_ALLOWED = "longer_than_allowed"
    """More projects than the file's `max_length`: counted as it stands."""
    SHORTER_THAN_ALLOWED = "shorter_than_allowed"
    """Fewer projects than the file's `min_length`: counted as it stands."""
    POINTS_ABOVE_LIMIT = "points_above_limit"
    """More points in all than the file's `max_sum_points`: counted as it stands."""
    POINTS_BELOW_LIMIT = "points_below_limit"
    """Fewer points in all than the file's `min_sum_points`: counted as it stands."""
    GRADE_ABOVE_LIMIT = "grade_above_limit"
    """More points for one project than the file's `max_points`: counted as it stands."""
    OVER_BUDGET = "over_budget"
    """A knapsack ballot costs more than the budget: counted as it stands."""
    UNDER_SPEND = "under_spend"
    """A knapsack ballot costs less than it must: counted as it stands."""
    BLANK_NOT_ALLOWED = "blank_not_allowed"
    """Nothing is chosen where something must be: counted as it stands."""
    REPEATED_VOTER = "repeated_voter"
    """A voter's id stands on several lines: each line is counted."""


_KEPT = {
    ReasonCode.TOO_MANY: Policy.LONGER_THAN_ALLOWED,
    ReasonCode.TOO_FEW: Policy.SHORTER_THAN_ALLOWED,
    ReasonCode.TOO_MANY_POINTS: Policy.POINTS_ABOVE_LIMIT,
    ReasonCode.TOO_FEW_POINTS: Policy.POINTS_BELOW_LIMIT,
    ReasonCode.SCORE_TOO_HIGH: Policy.GRADE_ABOVE_LIMIT,
    ReasonCode.OVER_BUDGET: Policy.OVER_BUDGET,
    ReasonCode.UNDER_SPEND: Policy.UNDER_SPEND,
    ReasonCode.BLANK: Policy.BLANK_NOT_ALLOWED,
}


@dataclass(frozen=True)
class Votes:
    """All ballots of a file, after the repairs.

    `rows` are ballots that may be equal, since they were written differently; `weights`, shape
    (d,), says how many lines hold each. Who cast which, in `lines` and `choices`, is only looked
    up when it is asked for.
    """

    rows: Rows
    weights: Integers
    repairs: tuple[Repair, ...]
    raw: RawBallots
    election: Election

    @cached_property
    def lines(self) -> tuple[tuple[str, RawBallot], ...]:
        """The voter's id and the ballot's trimmed text of each line, in the order of the file."""
        return tuple(self.raw.lines())

    @cached_property
    def choices(self) -> dict[RawBallot, list[Any]]:
        """What each distinct text says, after the repairs."""
        return {
            raw: _repaired(self.election, raw)[0]
            for raw in dict.fromkeys(raw for _, raw in self.lines)
        }

    def __iter__(self) -> Iterator[tuple[str, list[Any]]]:
        """`(voter_id, choices)` of each line, in the order of the file, after the repairs."""
        return ((voter, self.choices[raw]) for voter, raw in self.lines)


def read_votes(section: Section, election: Election) -> Votes:
    """Read the section VOTES; raises `InvalidFile` with line and field."""
    raw = RawBallots(section, graded=election.style.graded)
    texts, repeated_voters = raw.counted()
    touched = Counter({Policy.REPEATED_VOTER: repeated_voters})
    rows, weights = read_texts(raw, texts, election, touched)
    return Votes(rows, weights, repairs_of(touched), raw, election)


def repairs_of(touched: Mapping[Policy, int]) -> tuple[Repair, ...]:
    """The policies that were needed, in a fixed order."""
    return tuple(
        Repair(policy.value, touched[policy]) for policy in sorted(Policy) if touched.get(policy)
    )


def read_texts(
    raw: RawBallots, texts: Texts, election: Election, touched: Counter[Policy]
) -> tuple[Rows, Integers]:
    """Ballots, some perhaps equal, with their weights; adds the lines that each policy touched to
    `touched`. Raises `InvalidFile` with line and field."""
    reader = Reader(election)
    parts = [
        _read_part(raw, reader, election, texts.part(start, start + _TOGETHER), touched)
        for start in range(0, len(texts.votes), _TOGETHER)
    ]
    rows = concatenated([rows for rows, _ in parts] or [NO_ROWS])
    return rows, np.concatenate([weights for _, weights in parts] or [NO_ROWS.projects])


def _read_part(
    raw: RawBallots, reader: Reader, election: Election, texts: Texts, touched: Counter[Policy]
) -> tuple[Rows, Integers]:
    """Ballots with their weights; adds the lines that each policy touched to `touched`."""
    readings = reader.read(texts)
    weights = texts.weights[readings.clear]
    for policy, ballots in limits_broken(election, readings.rows):
        touched[policy] += int(weights[ballots].sum())
    if not len(readings.unclear):
        return readings.rows, weights
    mended: list[tuple[list[Any], int]] = []
    for place in readings.unclear.tolist():
        text, count = (texts.votes[place], texts.points[place]), int(texts.weights[place])
        choices, policies = _mended(raw, election, (trimmed(text[0]), trimmed(text[1])))
        mended.append((choices, count))
        for policy in policies:
            touched[policy] += count
    others = Profile.from_counts(election, mended)
    return concatenated([readings.rows, others.rows]), np.concatenate((weights, others.weights))


def _mended(
    raw: RawBallots, election: Election, ballot: RawBallot
) -> tuple[list[Any], set[Policy]]:
    try:
        return _repaired(election, ballot)
    except ValueError as error:
        name = "points" if election.style.graded else "vote"
        raise InvalidFile(raw.file, raw.line_of(ballot), name, str(error)) from error


def limits_broken(election: Election, rows: Rows) -> Iterator[tuple[Policy, NDArray[np.bool_]]]:
    """The limits that ballots without other flaws break, and which ballots break each."""
    limits, lengths = election.limits, rows.lengths
    named = lengths > 0
    yield Policy.SHORTER_THAN_ALLOWED, named & (lengths < limits.min_length)
    if limits.max_length is not None:
        yield Policy.LONGER_THAN_ALLOWED, lengths > limits.max_length
    if not limits.blank_allowed:
        yield Policy.BLANK_NOT_ALLOWED, ~named
    if election.style is BallotStyle.KNAPSACK:
        costs = np.array([project.cost for project in election.projects], dtype=np.int64)
        spent = _sums(rows, costs[rows.projects])
        yield Policy.OVER_BUDGET, spent > election.budget
        yield Policy.UNDER_SPEND, named & (spent < limits.min_spend)
    if election.style.graded:
        yield from _numbers_broken(limits, rows)


def _numbers_broken(limits: Limits, rows: Rows) -> Iterator[tuple[Policy, NDArray[np.bool_]]]:
    if limits.max_score is not None:
        owners = np.repeat(np.arange(len(rows)), rows.lengths)[rows.numbers > limits.max_score]
        yield Policy.GRADE_ABOVE_LIMIT, np.bincount(owners, minlength=len(rows)) > 0
    given = _sums(rows, rows.numbers)
    yield Policy.POINTS_BELOW_LIMIT, (rows.lengths > 0) & (given < limits.min_points)
    if limits.max_points is not None:
        yield Policy.POINTS_ABOVE_LIMIT, given > limits.max_points


def _sums(rows: Rows, values: Integers) -> NDArray[Any]:
    """The exact sum of each row's values, none of them negative; shape (d,)."""
    large = len(values) and int(values.max()) * len(values) >= 2**63
    running = np.concatenate(([0], np.cumsum(values.astype(object) if large else values)))
    sums: NDArray[Any] = running[rows.starts[1:]] - running[rows.starts[:-1]]
    return sums


def _repaired(election: Election, raw: RawBallot) -> tuple[list[Any], set[Policy]]:
    """What a ballot's text says and the policies it needed; raises `ValueError`."""
    names = [name.strip() for name in raw[0].split(",") if name.strip()]
    return mended(election, names, _numbers(raw) if election.style.graded else None)


def mended(
    election: Election, names: Sequence[str], numbers: Sequence[int] | None
) -> tuple[list[Any], set[Policy]]:
    """The canonical choices of a ballot after the repairs, and the policies they needed.

    `numbers` are those given to the named projects, None unless the ballots are graded. Raises
    `ValueError` when they do not match, or one is too large.
    """
    given = [1] * len(names) if numbers is None else numbers
    if any(number > LARGEST_AMOUNT for number in given):
        raise ValueError(f"a number is greater than {LARGEST_AMOUNT}")
    if len(given) != len(names):
        raise ValueError(f"{len(names)} projects are named, and {len(given)} numbers given")
    found: dict[str, int] = {}
    policies: set[Policy] = set()
    for name, number in zip(names, given, strict=True):
        if name in found:
            policies.add(Policy.REPEATED_PROJECT)
        elif name not in election.index:
            policies.add(Policy.UNKNOWN_PROJECT)
        elif number == 0:
            policies.add(Policy.ZERO_POINTS)
        else:
            found[name] = number
    choices: Choices = (
        [[name, number] for name, number in found.items()] if election.style.graded else list(found)
    )
    return canonical(election.style, choices), policies | kept_as_it_stands(election, choices)


def kept_as_it_stands(election: Election, choices: Choices) -> set[Policy]:
    """The limits that a ballot without other flaws breaks; it counts all the same."""
    return {_KEPT[ReasonCode(reason.code)] for reason in check(election, choices)}


def _numbers(raw: RawBallot) -> list[int]:
    return [parse_whole(text.strip()) for text in raw[1].split(",") if text.strip()]
