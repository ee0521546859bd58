"""The ballots of an election, as distinct ballots with integer weights."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tallying.ballots import Choices, canonical
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.errors import InvalidBallot

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Profile:
    """Distinct ballots, sorted by the bytes of their canonical form, each with its weight.

    `ballots[i]` are canonical choices, `weights[i]` says how many voters cast them; the blank
    ballot is one of them. `total` is the number of valid ballots, blank included.
    """

    election: Election
    ballots: tuple[tuple[Any, ...], ...]
    weights: Integers
    total: int

    @classmethod
    def from_counts(cls, election: Election, counts: Iterable[tuple[Choices, int]]) -> Self:
        """Merge equal ballots, whatever the order in which they come.

        Raises `InvalidBallot` on choices that the election's style cannot read, on an unknown
        or repeated project, and on a count that is not a positive number. The limits of a ballot
        are not looked at: `ballots.check` does, before a ballot comes here.
        """
        merged: dict[bytes, tuple[tuple[Any, ...], int]] = {}
        for choices, count in counts:
            key = canonical_bytes(_readable(election, choices, count))
            before = merged.get(key)
            merged[key] = (
                (tuple(json.loads(key)), count)
                if before is None
                else (before[0], before[1] + count)
            )
        total = sum(count for _, count in merged.values())
        if total > LARGEST_AMOUNT:
            raise InvalidBallot(f"More than {LARGEST_AMOUNT} ballots cannot be counted.")
        ordered = [merged[key] for key in sorted(merged)]
        return cls(
            election=election,
            ballots=tuple(ballot for ballot, _ in ordered),
            weights=np.array([count for _, count in ordered], dtype=np.int64),
            total=total,
        )

    @cached_property
    def blank(self) -> int:
        """How many valid ballots name no project."""
        return sum(int(w) for b, w in zip(self.ballots, self.weights, strict=True) if not b)

    def pairs(self) -> list[list[Any]]:
        """`[choices, count]` pairs, sorted by the bytes of the choices."""
        return [
            [list(ballot), int(weight)]
            for ballot, weight in zip(self.ballots, self.weights, strict=True)
        ]

    @cached_property
    def entries(self) -> "Entries":
        """The same ballots turned around: who names each project."""
        return Entries.of(self)


@dataclass(frozen=True)
class Entries:
    """Compressed sparse rows by project: project `p` holds the slice `starts[p]:starts[p + 1]`.

    `ballots` holds positions in `Profile.ballots`, ascending within a project; `numbers` holds
    the points or the grade given, the rank counted from 1, or 1.
    """

    starts: Integers
    ballots: Integers
    numbers: Integers

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Turn a profile around, in one pass over its distinct ballots."""
        index, style = profile.election.index, profile.election.style
        projects: list[int] = []
        numbers: list[int] = []
        for ballot in profile.ballots:
            if style.graded:
                projects += [index[name] for name, _ in ballot]
                numbers += [number for _, number in ballot]
            else:
                projects += [index[name] for name in ballot]
                numbers += range(1, len(ballot) + 1) if style is BallotStyle.RANKED else ()
        lengths = [len(ballot) for ballot in profile.ballots]
        owners = np.repeat(np.arange(len(lengths)), lengths)
        column = np.array(projects, dtype=np.int64)
        values = np.array(numbers, dtype=np.int64) if numbers else np.ones_like(column)
        order = np.argsort(column, kind="stable")
        sizes = np.bincount(column, minlength=len(profile.election.projects))
        return cls(
            starts=np.concatenate(([0], np.cumsum(sizes))),
            ballots=owners[order],
            numbers=values[order],
        )


def canonical_bytes(choices: Choices) -> bytes:
    """The canonical JSON of canonical choices: ids and integers only, so no key needs sorting."""
    return json.dumps(choices, ensure_ascii=False, separators=(",", ":")).encode()


def _readable(election: Election, choices: Choices, count: int) -> list[Any]:
    """The choices in canonical order; raises `InvalidBallot` when they cannot be counted."""
    style = election.style
    if type(count) is not int or count < 1:
        raise InvalidBallot(f"A ballot is counted {count!r} times.")
    try:
        ordered = canonical(style, choices)
        ids = [choice[0] for choice in ordered] if style.graded else ordered
        unknown = [name for name in ids if name not in election.index]
        positive = not style.graded or all(
            type(n) is int and 1 <= n <= LARGEST_AMOUNT for _, n in ordered
        )
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise InvalidBallot(f"This is no {style} ballot: {choices!r}.") from error
    if unknown:
        raise InvalidBallot(f"A ballot names {unknown[0]!r}, which is no project of the election.")
    if len(set(ids)) != len(ids):
        raise InvalidBallot(f"A ballot names a project twice: {ids!r}.")
    if not positive:
        raise InvalidBallot(f"A ballot gives a number that is no positive integer: {ordered!r}.")
    return ordered
