"""The ballots of a spreadsheet: a row each, a cell for each project."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tallying.ballots import canonical
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.errors import InvalidFile
from tallying.formats.amounts import parse_whole
from tallying.formats.csv_rows import Sheet
from tallying.formats.election_file import Voter
from tallying.formats.ranks import RankPolicy
from tallying.formats.rows import Row
from tallying.formats.votes import Policy, kept_as_it_stands
from tallying.outcome import Repair

_CHOSEN = frozenset({"1", "x"})
_NOT_CHOSEN = frozenset({"", "0"})

Cells = tuple[str, ...]


@dataclass
class Ballots:
    """The ballots as texts, each distinct text read once.

    `counts` is how many voters cast a text, `lines` where it stands first, `choices` what it says
    after the repairs `touched`, counted in ballots.
    """

    election: Election
    ids: list[str]
    file: str
    counts: Counter[Cells] = field(default_factory=Counter)
    lines: dict[Cells, int] = field(default_factory=dict)
    voters: list[tuple[str, int, Cells]] = field(default_factory=list)
    choices: dict[Cells, list[Any]] = field(default_factory=dict)
    touched: Counter[str] = field(default_factory=Counter)

    def read(self, sheet: Sheet) -> None:
        """Read all rows; raises `InvalidFile`."""
        for row in sheet.ballots:
            cells = tuple(row.fields[2:])
            weight = self._weight(row)
            self.counts[cells] += weight
            self.lines.setdefault(cells, row.line)
            self.voters.append((row.fields[0], weight, cells))
        for cells, count in self.counts.items():
            self.choices[cells] = self._read(cells, count)
        names = Counter(name for name, _, _ in self.voters if name)
        self.touched[Policy.REPEATED_VOTER.value] += sum(n for n in names.values() if n > 1)

    def pairs(self) -> Iterator[tuple[list[Any], int]]:
        """Choices with their number of voters."""
        return ((self.choices[cells], count) for cells, count in self.counts.items())

    def repairs(self) -> tuple[Repair, ...]:
        """The policies that were needed, each with the number of ballots it touched."""
        return tuple(Repair(name, n) for name, n in sorted(self.touched.items()) if n)

    def lines_of_voters(self) -> tuple[Voter, ...] | None:
        """Each row, where each is one voter with an id."""
        if not all(name and weight == 1 for name, weight, _ in self.voters):
            return None
        return tuple(Voter(name, {}, self.choices[cells]) for name, _, cells in self.voters)

    def _weight(self, row: Row) -> int:
        text = row.fields[1] if len(row.fields) > 1 else ""
        try:
            weight = parse_whole(text or "1")
        except ValueError as error:
            raise InvalidFile(self.file, row.line, "weight", str(error)) from error
        if not 1 <= weight <= LARGEST_AMOUNT:
            message = f"{text} is not between 1 and {LARGEST_AMOUNT}"
            raise InvalidFile(self.file, row.line, "weight", message)
        return weight

    def _read(self, cells: Cells, count: int) -> list[Any]:
        style = self.election.style
        numbers = {
            name: self._number(cells, name, text)
            for name, text in zip(self.ids, cells, strict=False)
            if text not in _NOT_CHOSEN
        }
        given: list[Any] = [[name, number] for name, number in numbers.items() if number]
        if style is BallotStyle.RANKED:
            given = self._ranked(cells, numbers, count)
        elif not style.graded:
            given = list(numbers)
        for policy in kept_as_it_stands(self.election, given):
            self.touched[policy.value] += count
        return canonical(style, given)

    def _number(self, cells: Cells, project: str, text: str) -> int:
        style = self.election.style
        if style in (BallotStyle.APPROVAL, BallotStyle.KNAPSACK):
            if text.lower() not in _CHOSEN:
                message = f"{text!r} is neither 1 or x (chosen) nor 0 or empty (not chosen)"
                raise InvalidFile(self.file, self.lines[cells], project, message)
            return 1
        try:
            number = parse_whole(text)
        except ValueError as error:
            raise InvalidFile(self.file, self.lines[cells], project, str(error)) from error
        if number > LARGEST_AMOUNT:
            message = f"{text} is above {LARGEST_AMOUNT}"
            raise InvalidFile(self.file, self.lines[cells], project, message)
        return number

    def _ranked(self, cells: Cells, ranks: dict[str, int], count: int) -> list[str]:
        by_rank: dict[int, str] = {}
        for name, rank in ranks.items():
            if rank in by_rank:
                message = f"rank {rank} is already that of {by_rank[rank]}"
                raise InvalidFile(self.file, self.lines[cells], name, message)
            by_rank[rank] = name
        order = sorted(by_rank)
        if order != list(range(1, len(order) + 1)):
            self.touched[RankPolicy.SKIPPED_RANK.value] += count
        return [by_rank[rank] for rank in order]
