"""The ballots of a Pabulib file as texts: the lines are counted before any ballot is read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from tallying.errors import InvalidFile
from tallying.formats.rows import Block, Row, Section, value
from tallying.sparse import Integers

RawBallot = tuple[str, str]
"""The fields `vote` and `points`; `points` is empty unless the ballots are graded."""

_NONE = frozenset("".join(letters) for letters in product(*zip("none", "NONE", strict=True)))
_NO_ID = _NONE | {""}


class Texts(NamedTuple):
    """Distinct texts of ballots, as they stand in the file, and how many lines hold each.

    `points` is as long as `votes`, and empty texts unless the ballots are graded; `weights` has
    the shape (texts,).
    """

    votes: Sequence[str]
    points: Sequence[str]
    weights: Integers

    def part(self, start: int, end: int) -> "Texts":
        """Some of the texts."""
        return Texts(self.votes[start:end], self.points[start:end], self.weights[start:end])


class _Columns(NamedTuple):
    """The trimmed ids of the voters of some lines, and the texts, in order."""

    voters: Sequence[str]
    votes: Sequence[str]
    points: Sequence[str]


class RawBallots:
    """The section VOTES; raises `InvalidFile` when a column is missing."""

    def __init__(self, section: Section, graded: bool) -> None:
        self._section, self.file = section, section.file
        voter, vote, points = (section.column(name) for name in ("voter_id", "vote", "points"))
        if voter is None or vote is None:
            raise self._missing("voter_id" if voter is None else "vote")
        if graded and points is None:
            raise self._missing("points")
        self._voter, self._vote, self._points = voter, vote, points if graded else None

    def _missing(self, name: str) -> InvalidFile:
        message = "the column is missing in VOTES"
        return InvalidFile(self.file, self._section.line + 1, name, message)

    def lines(self) -> Iterator[tuple[str, RawBallot]]:
        """The voter's id and the ballot of each line, trimmed; raises `InvalidFile`."""
        return map(self._line, self._section.rows)

    def line_of(self, ballot: RawBallot) -> int | None:
        """The number of the first line with this ballot, trimmed."""
        rows = self._section.rows
        return next((row.line for row in rows if self._line(row)[1] == ballot), None)

    def counted(self) -> tuple[Texts, int]:
        """The distinct texts, and the number of lines whose voter's id stands on further lines.

        The texts stand in the order of their first appearance. Raises `InvalidFile` with line and
        field.
        """
        texts: Counter[Any] = Counter()
        voters: set[str] = set()
        lines = 0
        for columns in self._columns():
            voters.update(columns.voters)
            lines += len(columns.votes)
            alone = self._points is None
            texts.update(
                columns.votes if alone else zip(columns.votes, columns.points, strict=True)
            )
        weights = np.fromiter(texts.values(), dtype=np.int64, count=len(texts))
        votes = list(texts) if self._points is None else [vote for vote, _ in texts]
        points = [""] * len(votes) if self._points is None else [points for _, points in texts]
        repeated = 0 if len(voters) == lines else self._repeated()
        return Texts(votes, points, weights), repeated

    def ids(self) -> Iterator[Sequence[str]]:
        """The ids of the voters, by groups of lines."""
        return (columns.voters for columns in self._columns())

    def _repeated(self) -> int:
        voters = Counter(voter for ids in self.ids() for voter in ids)
        return sum(times for times in voters.values() if times > 1)

    def _columns(self) -> Iterator[_Columns]:
        yield self._one_by_one(self._section.first)
        for block in self._section.blocks():
            yield self._at_once(block) or self._one_by_one(block.rows())

    def _at_once(self, block: Block) -> _Columns | None:
        """The columns of a block in which every line has all fields and names a voter."""
        width = len(self._section.header)
        fields = block.fields(width)
        if fields is None:
            return None
        voters = list(map(str.strip, fields[self._voter :: width]))
        if not _NO_ID.isdisjoint(voters):
            return None
        votes = fields[self._vote :: width]
        points = [] if self._points is None else fields[self._points :: width]
        return _Columns(voters, votes, points)

    def _one_by_one(self, rows: Iterable[Row]) -> _Columns:
        lines = [self._line(row) for row in self._section.checked(rows)]
        return _Columns(
            [voter for voter, _ in lines],
            [vote for _, (vote, _) in lines],
            [points for _, (_, points) in lines],
        )

    def _line(self, row: Row) -> tuple[str, RawBallot]:
        name = value(row, self._voter)
        if not name:
            raise InvalidFile(self.file, row.line, "voter_id", "the voter has no id")
        if len(row.fields) <= self._vote:
            raise InvalidFile(self.file, row.line, "vote", "the field is missing")
        return name, (value(row, self._vote), value(row, self._points))


def trimmed(text: str) -> str:
    """A field without blanks around it; empty when it says `none`."""
    text = text.strip()
    return "" if text in _NONE else text
