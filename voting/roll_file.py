"""Reading a roll from CSV: every fault by line and field, no identity number repeated.

UTF-8 with or without a byte order mark; separated by commas, semicolons or tabs; the first line
names the columns `identity_number`, `district`, `date_of_birth` (YYYY-MM-DD) and, if any, `email`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from voting.eligibility import normalised

COLUMNS = ("identity_number", "district", "date_of_birth")
OPTIONAL_COLUMNS = ("email",)
SEPARATORS = ",;\t"
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel and LibreOffice begin, new and old."""
EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True)
class RollError:
    """One fault of a file; the heading is line 1."""

    line: int
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Line:
    """One person who may vote, and the line that says so."""

    number: int
    identity_number: str
    district: str
    date_of_birth: date | None = None
    email: str | None = None


def read_lines(
    content: bytes, districts: frozenset[str], today: date
) -> tuple[list[Line], list[RollError]]:
    """The people of a file, or every fault found in it."""
    if content.startswith(SPREADSHEETS):
        return [], [RollError(1, "", "spreadsheet", "The file is a spreadsheet, not CSV.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [], [RollError(line, "", "not_utf8", "The file is not encoded in UTF-8.")]
    heading, _, _ = text.partition("\n")
    separator = max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        errors = list(_heading_errors(columns))
        if errors:
            return [], errors
        return _read_rows(reader, columns, districts, today)
    except csv.Error as error:
        message = f"The line cannot be read as CSV: {error}."
        return [], [RollError(reader.line_num, "", "malformed", message)]


def _heading_errors(columns: list[str]) -> Iterator[RollError]:
    for name in COLUMNS:
        if name not in columns:
            yield RollError(1, name, "column_missing", f"The column {name} is missing.")
    for name in columns:
        if name not in COLUMNS + OPTIONAL_COLUMNS:
            yield RollError(1, name, "column_unknown", f"The column {name!r} is not expected.")
        elif columns.count(name) > 1:
            yield RollError(1, name, "column_twice", f"The column {name} stands there twice.")


def _read_rows(
    reader: Iterator[list[str]], columns: list[str], districts: frozenset[str], today: date
) -> tuple[list[Line], list[RollError]]:
    lines: list[Line] = []
    errors: list[RollError] = []
    first_seen: dict[str, int] = {}
    for row in reader:
        number: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            message = f"The line has {len(row)} fields; the heading names {len(columns)}."
            errors.append(RollError(number, "", "field_count", message))
            continue
        values = dict(zip(columns, (cell.strip() for cell in row), strict=True))
        faults = list(_row_errors(number, values, districts, today, first_seen))
        errors += faults
        if not faults:
            lines.append(_line(number, values))
    if not lines and not errors:
        errors.append(RollError(1, "", "nobody", "Nobody stands below the heading."))
    return lines, errors


def _line(number: int, values: dict[str, str]) -> Line:
    return Line(
        number,
        values["identity_number"],
        values["district"],
        date.fromisoformat(values["date_of_birth"]),
        values.get("email") or None,
    )


def _row_errors(
    number: int,
    values: dict[str, str],
    districts: frozenset[str],
    today: date,
    first_seen: dict[str, int],
) -> Iterator[RollError]:
    identity = normalised(values["identity_number"])
    if not identity:
        message = "The identity number is missing."
        yield RollError(number, "identity_number", "identity_missing", message)
    elif (first := first_seen.setdefault(identity, number)) != number:
        message = f"The person of line {first} stands there again."
        yield RollError(number, "identity_number", "duplicate", message)
    if values["district"] not in districts:
        message = f"There is no district {values['district']!r} in this round."
        yield RollError(number, "district", "unknown_district", message)
    if not _is_birth(values["date_of_birth"], today):
        message = f"{values['date_of_birth']!r} is not a date of birth written as YYYY-MM-DD."
        yield RollError(number, "date_of_birth", "bad_date", message)
    email = values.get("email", "")
    if email and not _is_email(email):
        yield RollError(number, "email", "bad_email", f"{email!r} is not an e-mail address.")


def _is_birth(text: str, today: date) -> bool:
    try:
        moment = date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("YYYY-MM-DD") and EARLIEST_BIRTH <= moment <= today


def _is_email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host) and not any(c.isspace() for c in text)
