"""The ballots of a Pabulib file: each distinct text is read once, and every repair has a name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tallying.ballots import Choices, ReasonCode, canonical, check
from tallying.election import Election
from tallying.errors import InvalidFile
from tallying.formats.amounts import parse_whole
from tallying.formats.rows import Row, Section, value
from tallying.outcome import Repair

RawBallot = tuple[str, str]
"""The fields `vote` and `points` as they stand in the file."""


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
    REPEATED_VOTER = "repeated_voter"
    """A voter's id stands on several lines: each line is counted."""


_KEPT = {
    ReasonCode.TOO_MANY: Policy.LONGER_THAN_ALLOWED,
    ReasonCode.TOO_FEW: Policy.SHORTER_THAN_ALLOWED,
    ReasonCode.TOO_MANY_POINTS: Policy.POINTS_ABOVE_LIMIT,
    ReasonCode.TOO_FEW_POINTS: Policy.POINTS_BELOW_LIMIT,
    ReasonCode.SCORE_TOO_HIGH: Policy.GRADE_ABOVE_LIMIT,
}


@dataclass(frozen=True)
class Votes:
    """All ballots of a file: the lines in order, and what each distinct text says."""

    lines: tuple[tuple[str, RawBallot], ...]
    choices: dict[RawBallot, list[Any]]
    counts: dict[RawBallot, int]
    repairs: tuple[Repair, ...]

    def __iter__(self) -> Iterator[tuple[str, list[Any]]]:
        """`(voter_id, choices)` of each line, in the order of the file, after the repairs."""
        return ((voter, self.choices[raw]) for voter, raw in self.lines)


def read_votes(section: Section, election: Election, file: str) -> Votes:
    """Read the section VOTES; raises `InvalidFile` with line and field."""
    lines = tuple(_lines(section, election, file))
    counts = Counter(raw for _, raw in lines)
    choices: dict[RawBallot, list[Any]] = {}
    touched: Counter[Policy] = Counter()
    for raw, count in counts.items():
        try:
            choices[raw], policies = _repaired(election, raw)
        except ValueError as error:
            row = next(r for r, (_, text) in zip(section.rows, lines, strict=True) if text == raw)
            raise InvalidFile(file, row.line, _field(election), str(error)) from error
        for policy in policies:
            touched[policy] += count
    voters = Counter(voter for voter, _ in lines)
    touched[Policy.REPEATED_VOTER] += sum(times for times in voters.values() if times > 1)
    repairs = tuple(
        Repair(policy.value, touched[policy]) for policy in sorted(Policy) if touched[policy]
    )
    return Votes(lines, choices, dict(counts), repairs)


def _field(election: Election) -> str:
    return "points" if election.style.graded else "vote"


def _lines(section: Section, election: Election, file: str) -> Iterator[tuple[str, RawBallot]]:
    voter, vote, points = (section.column(name) for name in ("voter_id", "vote", "points"))
    if voter is None or vote is None:
        missing = "voter_id" if voter is None else "vote"
        raise InvalidFile(file, section.line + 1, missing, "the column is missing in VOTES")
    if election.style.graded and points is None:
        raise InvalidFile(file, section.line + 1, "points", "the column is missing in VOTES")
    graded = points if election.style.graded else None
    for row in section.rows:
        yield _line(row, voter, vote, graded, file)


def _line(row: Row, voter: int, vote: int, points: int | None, file: str) -> tuple[str, RawBallot]:
    name = value(row, voter)
    if not name:
        raise InvalidFile(file, row.line, "voter_id", "the voter has no id")
    if len(row.fields) <= vote:
        raise InvalidFile(file, row.line, "vote", "the field is missing")
    return name, (value(row, vote), value(row, points))


def _repaired(election: Election, raw: RawBallot) -> tuple[list[Any], set[Policy]]:
    """What a ballot's text says and the policies it needed; raises `ValueError`."""
    names = [name.strip() for name in raw[0].split(",") if name.strip()]
    numbers = _numbers(raw, len(names)) if election.style.graded else [1] * len(names)
    found: dict[str, int] = {}
    policies: set[Policy] = set()
    for name, number in zip(names, numbers, strict=True):
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


def _numbers(raw: RawBallot, expected: int) -> list[int]:
    numbers = [parse_whole(text.strip()) for text in raw[1].split(",") if text.strip()]
    if len(numbers) != expected:
        raise ValueError(f"{expected} projects are named, and {len(numbers)} numbers given")
    return numbers
