"""Ballots as compressed sparse rows, and the merging of equal ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_Words = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Rows:
    """Compressed sparse rows by ballot: ballot `i` holds the slice `starts[i]:starts[i + 1]`.

    `starts` has the shape (d + 1,). `projects` holds positions in `Election.projects`, in the
    voter's order on ranked ballots and ascending on all others, each project at most once on a
    ballot. `numbers` holds the points or the grade given, the rank counted from 1, or 1.
    """

    starts: Integers
    projects: Integers
    numbers: Integers

    @classmethod
    def of(cls, lengths: Integers, projects: Integers, numbers: Integers | None) -> Self:
        """Rows of the given lengths, shape (d,); without `numbers`, each number is 1."""
        starts = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        if numbers is None:
            numbers = np.broadcast_to(np.int64(1), projects.shape)
        return cls(starts, projects, numbers)

    @property
    def lengths(self) -> Integers:
        """How many projects each ballot names, shape (d,)."""
        return np.diff(self.starts)

    @property
    def plain(self) -> bool:
        """Whether the numbers are one shared 1 and take no memory."""
        return self.numbers.strides == (0,)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, ballots: Integers) -> "Rows":
        """Some of the rows, in the order given."""
        first = self.starts[ballots]
        lengths = self.starts[ballots + 1] - first
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        entries = np.arange(total) + np.repeat(first - ends + lengths, lengths)
        numbers = None if self.plain else self.numbers[entries]
        return Rows.of(lengths, self.projects[entries], numbers)


NO_ROWS = Rows.of(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), None)


def concatenated(parts: Sequence[Rows]) -> Rows:
    """All rows of the parts, one part after another."""
    plain = all(part.plain for part in parts if len(part.projects))
    return Rows.of(
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.projects for part in parts]),
        None if plain else np.concatenate([part.numbers for part in parts]),
    )


def merged(rows: Rows, weights: Integers) -> tuple[Rows, Integers]:
    """Distinct rows with the sums of their weights, in no promised order.

    Rows are grouped by 64-bit fingerprints; each is then compared with the first of its group, and
    should any two differ, all are merged by their contents instead. The sum of all weights must
    stay below 2⁶³.
    """
    if len(rows) < 2:
        return rows, weights
    prints = _fingerprints(rows)
    order = np.argsort(prints)
    ordered = prints[order]
    first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    group = np.cumsum(first) - 1
    leaders = order[first]
    groups = np.empty(len(rows), dtype=np.int64)
    groups[order] = group
    if not _same(rows, leaders[groups]):
        groups, leaders = _grouped_by_contents(rows)
    sums = np.zeros(len(leaders), dtype=np.int64)
    np.add.at(sums, groups, weights)
    return (rows, weights) if len(leaders) == len(rows) else (rows.take(leaders), sums)


def _fingerprints(rows: Rows) -> _Words:
    """One 64-bit word for each row: the sum of the mixed words of its entries."""
    words = _mixed(rows.projects.astype(np.uint64) + np.uint64(1))
    if not rows.plain:
        words = _mixed(words + rows.numbers.astype(np.uint64))
    sums = np.zeros(len(words) + 1, dtype=np.uint64)
    np.cumsum(words, out=sums[1:])
    return sums[rows.starts[1:]] - sums[rows.starts[:-1]]


def _mixed(words: _Words) -> _Words:
    """Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 17."""
    words = words * _GOLDEN
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _same(rows: Rows, others: Integers) -> bool:
    """Whether each row says the same as the row at its position in `others`, shape (d,)."""
    moved = np.flatnonzero(others != np.arange(len(rows)))
    lengths = rows.lengths
    if not np.array_equal(lengths[moved], lengths[others[moved]]):
        return False
    mine, theirs = rows.take(moved), rows.take(others[moved])
    return np.array_equal(mine.projects, theirs.projects) and (
        rows.plain or np.array_equal(mine.numbers, theirs.numbers)
    )


def _grouped_by_contents(rows: Rows) -> tuple[Integers, Integers]:
    """The group of each row, and the first row of each group."""
    groups: dict[bytes, int] = {}
    leaders: list[int] = []
    found = np.empty(len(rows), dtype=np.int64)
    for row, (start, end) in enumerate(pairwise(rows.starts.tolist())):
        key = rows.projects[start:end].tobytes() + rows.numbers[start:end].tobytes()
        if key not in groups:
            groups[key] = len(leaders)
            leaders.append(row)
        found[row] = groups[key]
    return found, np.array(leaders, dtype=np.int64)


class Merger:
    """Merges batches of rows in memory bounded by the distinct rows.

    Merged pieces are kept by size and joined when the newest is no smaller than half of the one
    before it, so that each row is merged a number of times that grows with the logarithm of all.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[Rows, Integers]] = []

    def add(self, rows: Rows, weights: Integers) -> None:
        """Take further rows with weights, shape (d,)."""
        self._pieces.append(merged(rows, weights))
        while len(self._pieces) > 1 and 2 * len(self._pieces[-1][0]) >= len(self._pieces[-2][0]):
            self._join()

    def _join(self) -> None:
        (rows, weights), (more, their_weights) = self._pieces.pop(-2), self._pieces.pop()
        self._pieces.append(
            merged(concatenated([rows, more]), np.concatenate((weights, their_weights)))
        )

    def result(self) -> tuple[Rows, Integers]:
        """The distinct rows and their weights."""
        while len(self._pieces) > 1:
            self._join()
        return self._pieces[0] if self._pieces else (NO_ROWS, NO_ROWS.projects)
