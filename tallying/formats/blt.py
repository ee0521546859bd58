"""BLT files: ranked ballots for seats, as programs of the single transferable vote exchange them.

The format: Hill, Wichmann, Woodall, "Algorithm 123: Single transferable vote by Meek's method",
The Computer Journal 30(3), 1987, section "Data"; comments, ballots' ids and skipped ranks as added
by OpenSTV. Documented in `docs/formats/blt.md`. A candidate is a project of cost 1, the seats are
the budget, and the ids are `1`, `2`, … in the order of the file.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidBallot, InvalidElection, InvalidFile
from tallying.formats.blt_tokens import Line, alternative_names, number_lines, texts
from tallying.formats.blt_writer import encode
from tallying.formats.election_file import PlainFile
from tallying.formats.ranks import RankPolicy
from tallying.formats.rows import read_text
from tallying.formats.votes import Policy
from tallying.outcome import Repair
from tallying.profile import Profile

__all__ = ["encode", "read"]

MOST_CANDIDATES = 10_000


def read(source: Path | str | bytes, file: str | None = None) -> PlainFile:
    """Read a file by its path, or the text or bytes of one; raises `InvalidFile`.

    `file` is the name that errors give it.
    """
    text, name = read_text(source, file)
    return _Reader(text, name).read()


@dataclass
class _Reader:
    text: str
    file: str
    candidates: int = 0
    seats: int = 0
    withdrawn: set[str] = field(default_factory=set)
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Each distinct text of a ballot → the line where it stands first."""
    standing: dict[str, str] = field(default_factory=dict)
    """The candidates who did not withdraw, as ballots mostly write them → their ids."""

    def read(self) -> PlainFile:
        numbers = number_lines(self.text)
        self._read_head(numbers)
        last = self._read_ballots(numbers)
        names, parties, meta = self._read_texts(last)
        try:
            election = Election(
                projects=tuple(
                    Project(name, names[name], 1, (parties[name],) if parties[name] else ())
                    for name in names
                    if name not in self.withdrawn
                ),
                budget=self.seats,
                style=BallotStyle.RANKED,
            )
        except InvalidElection as error:
            raise self._fail(None, "", str(error)) from error
        self.standing = {name: name for name in election.index}
        ballots, repairs = self._ballots()
        left = sorted(self.withdrawn, key=int)
        meta |= {f"withdrawn_{name}": names[name] for name in left}
        meta |= {f"withdrawn_{name}_party": parties[name] for name in left if parties[name]}
        try:
            profile = Profile.from_counts(election, ballots)
        except InvalidBallot as error:
            raise self._fail(None, "ballots", str(error)) from error
        return PlainFile(self.file, meta, election, profile, repairs)

    def _fail(self, line: int | None, name: str, message: str) -> InvalidFile:
        return InvalidFile(self.file, line, name, message)

    def _number(self, line: int, name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise self._fail(line, name, f"{text!r} is no whole number")
        return int(text)

    def _read_head(self, numbers: Iterator[Line]) -> None:
        line, words = next(numbers, Line(1, []))
        if len(words) != 2:
            message = "the first line must be the number of candidates and the number of seats"
            raise self._fail(line, "candidates", message)
        self.candidates = self._number(line, "candidates", words[0])
        self.seats = self._number(line, "seats", words[1])
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            message = f"{self.candidates} is not between 1 and {MOST_CANDIDATES}"
            raise self._fail(line, "candidates", message)

    def _read_ballots(self, numbers: Iterator[Line]) -> int:
        """Count the ballots' texts; returns the line of the closing 0."""
        line = 1
        for line, words in numbers:
            if words == ["0"]:
                return line
            if words[0].startswith("-") and not self.counts:
                self._withdraw(line, words)
            elif words[-1] != "0":
                raise self._fail(line, "ballot", "the ballot does not end with 0")
            elif words.count("0") > 1:
                self._read_several(line, words)
            else:
                self._count(line, words[0], tuple(words[1:-1]))
        raise self._fail(line, "ballots", "the ballots do not end with a line 0")

    def _withdraw(self, line: int, words: list[str]) -> None:
        for word in words:
            number = self._number(line, "withdrawn", word.removeprefix("-"))
            if not word.startswith("-") or not 1 <= number <= self.candidates:
                raise self._fail(line, "withdrawn", f"{word} is no withdrawn candidate")
            self.withdrawn.add(str(number))

    def _read_several(self, line: int, words: list[str]) -> None:
        while words:
            end = words.index("0")
            if end == 0:
                raise self._fail(line, "ballots", "the ballots end in the middle of a line")
            self._count(line, words[0], tuple(words[1:end]))
            words = words[end + 1 :]

    def _count(self, line: int, weight: str, ranks: tuple[str, ...]) -> None:
        self.counts[ranks] += self._number(line, "weight", weight)
        self.lines.setdefault(ranks, line)

    def _read_texts(self, last: int) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Names and parties by id, and what follows them: title, source, comment."""
        found = texts(self.text.split("\n")[last:], last + 1, self.file)
        ids = [str(number) for number in range(1, self.candidates + 1)]
        named = found[: self.candidates]
        if len(found) > len(named) == self.candidates and all(len(line[1]) == 2 for line in named):
            names = [line[1][0] for line in named]
            parties = [line[1][1] for line in named]
            after = [text for _, line in found[self.candidates :] for text in line]
        else:
            every = [text for _, line in found for text in line]
            if len(every) < self.candidates:
                every = alternative_names(self.text, self.candidates) + every
            names, after = every[: self.candidates], every[self.candidates :]
            parties = [""] * self.candidates
        if len(names) < self.candidates or len(after) > len(_AFTER):
            message = f"there are {len(names) + len(after)} texts after the ballots; "
            message += f"{self.candidates} names and a title are expected"
            raise self._fail(found[-1][0] if found else last, "names", message)
        meta = dict(zip(_AFTER, after, strict=False))
        known = {place: name or place for place, name in zip(ids, names, strict=True)}
        return known, dict(zip(ids, parties, strict=True)), meta

    def _ballots(self) -> tuple[list[tuple[list[str], int]], tuple[Repair, ...]]:
        touched: Counter[str] = Counter()
        ballots = []
        for ranks, count in self.counts.items():
            choices, policies = self._choices(ranks)
            for policy in policies:
                touched[policy] += count
            if count:
                ballots.append((choices, count))
        repairs = (Repair(name, touched[name]) for name in sorted(touched) if touched[name])
        return ballots, tuple(repairs)

    def _choices(self, ranks: tuple[str, ...]) -> tuple[list[str], set[str]]:
        standing = [self.standing.get(rank, "") for rank in ranks]
        if "" not in standing and len(set(standing)) == len(standing):
            return standing, set()
        policies: set[str] = set()
        found: dict[str, None] = {}
        for rank in ranks:
            name = self._candidate(ranks, rank) if rank != "-" else rank
            if name == "-":
                policies.add(RankPolicy.SKIPPED_RANK.value)
            elif name in self.withdrawn:
                policies.add(RankPolicy.WITHDRAWN_CANDIDATE.value)
            elif name in found:
                policies.add(Policy.REPEATED_PROJECT.value)
            else:
                found[name] = None
        return list(found), policies

    def _candidate(self, ranks: tuple[str, ...], rank: str) -> str:
        line = self.lines[ranks]
        if "=" in rank:
            message = f"{rank} ranks candidates equally, which no rule here can count"
            raise self._fail(line, "ballot", message)
        number = self._number(line, "ballot", rank)
        if not 1 <= number <= self.candidates:
            raise self._fail(line, "ballot", f"there is no candidate {rank}")
        return str(number)


_AFTER = ("description", "source", "comment")
"""What may follow the names, as keys of META."""
