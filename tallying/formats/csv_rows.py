"""A spreadsheet of an election as rows that know their line, and in which part of it they stand."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from io import StringIO

from tallying.errors import InvalidFile
from tallying.formats.rows import Row

PROJECTS, BALLOTS = "project_id", "voter_id"
_DELIMITER = re.compile(rf'^[ ]*"?{PROJECTS}"?[ ]*([,;\t])', re.MULTILINE | re.IGNORECASE)


@dataclass
class Sheet:
    """The three parts: settings above the row `project_id`, projects, and ballots.

    `ids` stand in the row `project_id` from the third cell on; `header` is its line.
    """

    header: Row
    ids: list[str]
    settings: list[Row] = field(default_factory=list)
    projects: list[Row] = field(default_factory=list)
    ballots: list[Row] = field(default_factory=list)


def read_sheet(text: str, file: str) -> Sheet:
    """The parts of a sheet; the delimiter is what follows `project_id`. Raises `InvalidFile`."""
    delimiter = delimiter_of(text)
    if delimiter is None:
        message = f"no row begins with {PROJECTS}, followed by a comma, a semicolon or a tab"
        raise InvalidFile(file, None, PROJECTS, message)
    settings: list[Row] = []
    sheet: Sheet | None = None
    part = settings
    for row in _rows(text, delimiter, file):
        name = row.fields[0].lower()
        if name == PROJECTS:
            if sheet is not None:
                raise InvalidFile(file, row.line, PROJECTS, "the row stands here a second time")
            sheet = Sheet(row, _ids(row, file), settings)
            part = sheet.projects
        elif name == BALLOTS and sheet is not None and part is sheet.projects:
            _check_repeated_ids(row, sheet, file)
            part = sheet.ballots
        else:
            part.append(row)
    if sheet is None or part is not sheet.ballots:
        message = f"no row {BALLOTS} stands after the projects: the ballots follow it"
        raise InvalidFile(file, None, BALLOTS, message)
    _check_widths(sheet, file)
    return sheet


def delimiter_of(text: str) -> str | None:
    """The comma, semicolon or tab that follows `project_id`; None when there is no such row."""
    found = _DELIMITER.search(text)
    return None if found is None else found[1]


def _rows(text: str, delimiter: str, file: str) -> list[Row]:
    """Trimmed cells, without empty ones at the end; rows of empty cells are left out."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            fields = [cell.strip() for cell in cells]
            while fields and not fields[-1]:
                fields.pop()
            if fields:
                rows.append(Row(line, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidFile(file, line, "", f"the quotation marks do not match: {error}") from error
    return rows


def _ids(row: Row, file: str) -> list[str]:
    ids = list(row.fields[2:])
    if len(row.fields) > 1 and row.fields[1]:
        message = (
            f"the second cell must be empty, and holds {row.fields[1]}; ids begin in the third"
        )
        raise InvalidFile(file, row.line, PROJECTS, message)
    if not all(ids):
        message = f"cell {ids.index('') + 3} is empty, and a project stands after it"
        raise InvalidFile(file, row.line, PROJECTS, message)
    again = next((name for name, times in Counter(ids).items() if times > 1), None)
    if again is not None:
        raise InvalidFile(file, row.line, PROJECTS, f"project {again} stands here a second time")
    return ids


def _check_repeated_ids(row: Row, sheet: Sheet, file: str) -> None:
    if len(row.fields) > 1 and row.fields[1].lower() not in ("", "weight"):
        raise InvalidFile(file, row.line, row.fields[1], "the second cell must be weight, or empty")
    again = list(row.fields[2:])
    if again and again != sheet.ids:
        raise InvalidFile(file, row.line, BALLOTS, f"the ids are not those of the row {PROJECTS}")


def _check_widths(sheet: Sheet, file: str) -> None:
    for row in sheet.settings:
        if len(row.fields) > 2:
            message = f"the row has {len(row.fields)} cells; a name and a value are expected"
            raise InvalidFile(file, row.line, row.fields[0], message)
    width = len(sheet.ids) + 2
    for row in (*sheet.projects, *sheet.ballots):
        if len(row.fields) > width:
            message = f"the row has {len(row.fields)} cells, and there are {width - 2} projects"
            raise InvalidFile(file, row.line, row.fields[0], message)
