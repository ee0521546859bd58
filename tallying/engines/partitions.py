"""The partitions of a file, and what a worker does with one of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from tallying.election import Election
from tallying.errors import InvalidFile
from tallying.formats import module_of
from tallying.formats.pabulib_reader import Head, read_head
from tallying.formats.part import Part
from tallying.formats.raw_ballots import RawBallots
from tallying.formats.rows import Section
from tallying.formats.voter_ids import Ids, ids_of, repeated
from tallying.formats.votes import Policy, read_texts
from tallying.profile import Profile
from tallying.sparse import merged
from tallying.utilities import Utility, sums


@dataclass(frozen=True)
class RowGroups:
    """Some row groups of a Parquet file, which every worker must be able to open at `path`."""

    path: Path
    head: Any
    groups: list[int]

    def read(self) -> Part:
        """The distinct ballots; raises `InvalidFile`."""
        part: Part = module_of(self.path).read_part(self.path, self.head, self.groups)
        return part


@dataclass(frozen=True)
class Lines:
    """Some lines of a Pabulib file."""

    section: Section
    election: Election

    def read(self) -> Part:
        """The distinct ballots; raises `InvalidFile`."""
        raw = RawBallots(self.section, self.election.style.graded)
        texts, _ = raw.counted()
        touched: Counter[Policy] = Counter()
        rows, weights = read_texts(raw, texts, self.election, touched)
        return Part(*merged(rows, weights), touched, [ids_of(ids)[0] for ids in raw.ids()])


class Partition(Protocol):
    """Ballots that one worker reads."""

    def read(self) -> Part: ...


@dataclass(frozen=True)
class Partitions:
    """A file in partitions: what it says besides its ballots, and how to read these."""

    head: Any
    partitions: Sequence[Partition]
    repeated: Callable[[Part], int]
    """The lines whose voter stands on further lines, by the accounts of all parts."""


def partitions_of(path: Path, file: str, least: int) -> Partitions | None:
    """A file's partitions, `least` of them where it has so many row groups; None for a format
    that is read as a whole. Raises `InvalidFile`."""
    suffix = path.suffix.lower()
    if suffix == ".pb":
        return _lines(read_head(path, file))
    if suffix == ".parquet":
        return _row_groups(path, file, least)
    return None


def _row_groups(path: Path, file: str, least: int) -> Partitions:
    module = module_of(path, file)
    head = module.read_head(path, file)
    count = max(1, min(least, head.row_groups))
    bounds = [head.row_groups * place // count for place in range(count + 1)]
    groups = [list(range(bounds[place], bounds[place + 1])) for place in range(count)]
    return Partitions(
        head,
        [RowGroups(path.absolute(), head, part) for part in groups],
        lambda whole: int(module.repeated_voters(path, file, whole)),
    )


def _lines(head: Head) -> Partitions:
    section = head.section
    first = replace(section, text="", rest=0)
    blocks = [
        replace(section, first=[], text=block.text, rest=0, rest_line=block.line)
        for block in section.blocks()
    ]

    def again() -> Iterable[Ids]:
        return map(ids_of, RawBallots(section, head.election.style.graded).ids())

    return Partitions(
        replace(head, section=first),
        [Lines(part, head.election) for part in (first, *blocks)],
        lambda whole: repeated(whole.voters, again),
    )


@dataclass(frozen=True)
class Account:
    """What the parts say besides their ballots; `part` holds no rows."""

    total: int
    blank: int
    part: Part


def read_partition(partition: Partition) -> Part | None:
    """The distinct ballots; None when a line is wrong: the first one is told by who reads all."""
    try:
        return partition.read()
    except InvalidFile:
        return None


def account_of(part: Part | None) -> Account | None:
    """The account of a part that could be read."""
    if part is None:
        return None
    blank = int(part.weights[part.rows.lengths == 0].sum())
    account = Part(touched=part.touched, voters=part.voters)
    return Account(sum(part.weights.tolist()), blank, account)


def sums_of(part: Part, election: Election, utility: Utility) -> tuple[list[int], list[int]]:
    """For each project the votes and the units of utility in one part."""
    total = sum(part.weights.tolist())
    return sums(Profile(election, part.rows, part.weights, total), utility)


def joined(first: Part, second: Part) -> Part:
    """The distinct ballots of two parts."""
    return first.joined(second)
