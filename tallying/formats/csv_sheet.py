"""CSV: an election as one sheet of a spreadsheet, a column for each project, a row for each ballot.

The layout is ours, described in `docs/formats/csv.md`. What a setting or a row of the projects
means is what the key or column of that name means in a Pabulib file, and is read by its reader.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tallying.election import BallotStyle, Election
from tallying.errors import InvalidBallot, InvalidFile
from tallying.formats import pabulib
from tallying.formats.csv_ballots import Ballots
from tallying.formats.csv_rows import BALLOTS, PROJECTS, Sheet, read_sheet
from tallying.formats.election_file import ElectionFile, PlainFile, Voter
from tallying.formats.pabulib_file import PabulibFile
from tallying.formats.rows import Row, read_text
from tallying.formats.said import meta_texts, project_texts, require_ids
from tallying.profile import Profile

__all__ = ["encode", "read"]

_SAVE_AS_UTF8 = ": in the spreadsheet program, save it again as “CSV UTF-8”"
_NO_VOTES = [["VOTES"], ["voter_id", "vote", "points"]]


def read(source: Path | str | bytes, file: str | None = None) -> PlainFile:
    """Read a sheet by its path, or the text or bytes of one; raises `InvalidFile`.

    `file` is the name that errors give it.
    """
    text, name = read_text(source, file, _SAVE_AS_UTF8)
    sheet = read_sheet(text, name)
    head = _Head(sheet, name).read()
    ballots = Ballots(head.election, sheet.ids, name)
    ballots.read(sheet)
    try:
        profile = Profile.from_counts(head.election, ballots.pairs())
    except InvalidBallot as error:
        raise InvalidFile(name, None, "", str(error)) from error
    return PlainFile(
        file=name,
        meta=head.meta,
        election=head.election,
        profile=profile,
        repairs=ballots.repairs(),
        columns=head.columns,
        selected=head.selected,
        voters=ballots.lines_of_voters(),
    )


class _Head:
    """Settings and projects, read as the Pabulib file without ballots that says the same."""

    def __init__(self, sheet: Sheet, file: str) -> None:
        self._sheet, self._file = sheet, file
        self._rows: list[list[str]] = []
        self._places: dict[int, tuple[int, str]] = {}
        """Line there → line here, and the project whose texts stand there."""
        self._line = 1

    def read(self) -> PabulibFile:
        sheet = self._sheet
        columns = {row.fields[0].lower(): row for row in sheet.projects}
        self._check_keys()
        self._write(["META"], sheet.header)
        self._write(["key", "value"], sheet.header)
        for row in sheet.settings:
            self._write([row.fields[0], *row.fields[1:2]], row)
        self._write(["PROJECTS"], sheet.header)
        self._write([PROJECTS, *columns], sheet.header)
        for place, name in enumerate(sheet.ids, start=2):
            cells = [
                row.fields[place] if place < len(row.fields) else "" for row in columns.values()
            ]
            self._write([name, *cells], sheet.header, name)
        for line in _NO_VOTES:
            self._write(line, sheet.header)
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\n").writerows(self._rows)
        try:
            return pabulib.read(text.getvalue(), self._file)
        except InvalidFile as error:
            raise self._placed(error) from error

    def _check_keys(self) -> None:
        sheet = self._sheet
        for rows in (sheet.settings, sheet.projects):
            seen: set[str] = set()
            for row in rows:
                name = row.fields[0].lower()
                if not name:
                    message = "the first cell is empty: it names the row"
                    raise InvalidFile(self._file, row.line, "", message)
                if name in seen:
                    message = "the row stands here a second time"
                    raise InvalidFile(self._file, row.line, name, message)
                seen.add(name)
                if rows is sheet.projects and len(row.fields) > 1 and row.fields[1]:
                    message = f"the second cell must be empty, and holds {row.fields[1]}"
                    raise InvalidFile(self._file, row.line, name, message)

    def _write(self, cells: list[str], row: Row, project: str = "") -> None:
        self._rows.append([" ".join(cell.splitlines()) for cell in cells])
        self._places[self._line] = (row.line, project)
        self._line += 1

    def _placed(self, error: InvalidFile) -> InvalidFile:
        """The error with the line and the column of the sheet."""
        if error.line is None:
            return InvalidFile(self._file, None, error.field, error.message)
        line, project = self._places[error.line]
        rows = {row.fields[0].lower(): row.line for row in self._sheet.projects}
        if not project or error.field not in rows:
            return InvalidFile(self._file, line, error.field, error.message)
        message = f"{error.field}: {error.message}"
        return InvalidFile(self._file, rows[error.field], project, message)


def encode(source: ElectionFile, voters: Iterable[Voter] | None = None) -> bytes:
    """The sheet's bytes, cells separated by semicolons, with the mark by which spreadsheets know UTF-8.

    With `voters` each has a row, in their order; else equal ballots share one, with their number
    as `weight`. Raises `InvalidElection` on ids that a Pabulib file cannot hold either.
    """
    election = source.election
    require_ids(election, "CSV file")
    columns, projects = project_texts(source)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerows(map(list, meta_texts(source).items()))
    for name in columns:
        rows.writerow([name, "", *(project.get(name, "") for project in projects)])
    rows.writerow([BALLOTS, "weight", *election.index])
    if voters is not None:
        rows.writerows([voter.id, "", *_cells(election, voter.choices)] for voter in voters)
    else:
        for number, (choices, count) in enumerate(source.profile.pairs(), start=1):
            rows.writerow([str(number), str(count), *_cells(election, choices)])
    return text.getvalue().encode("utf-8-sig")


def _cells(election: Election, choices: list[Any]) -> Iterator[str]:
    numbers: dict[str, int] = (
        dict(choices)
        if election.style.graded
        else {name: place for place, name in enumerate(choices, start=1)}
    )
    ranked = election.style is BallotStyle.RANKED or election.style.graded
    for name in election.index:
        yield str(numbers[name] if ranked else 1) if name in numbers else ""
