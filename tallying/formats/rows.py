"""The three sections of a Pabulib file, as rows that know their line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tallying.errors import InvalidFile

SECTIONS = ("META", "PROJECTS", "VOTES")
_END = "\x00end of the file"
_ABSENT = ("", "none")


class Row(NamedTuple):
    """Fields of one line; `line` counts from 1."""

    line: int
    fields: Sequence[str]


@dataclass
class Section:
    """A section: its column names, their line, and its rows."""

    line: int
    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, name: str) -> int | None:
        """The position of a column; None when there is none of this name."""
        return self.header.index(name) if name in self.header else None


def decode(content: bytes, file: str) -> str:
    """The text of a file, without a byte order mark; raises `InvalidFile`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFile(file, line, "", "the text is not UTF-8") from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise InvalidFile(file, line, "", "there is a zero byte; this is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sections(text: str, file: str) -> dict[str, Section]:
    """All sections of the text, with every row checked against its header; raises `InvalidFile`."""
    found: dict[str, Section] = {}
    current: Section | None = None
    for row in _split(text, file):
        if not any(value.strip() for value in row.fields):
            continue
        name = row.fields[0].strip().upper()
        if name in SECTIONS and not any(value.strip() for value in row.fields[1:]):
            if name in found:
                raise InvalidFile(file, row.line, name, "the section stands here a second time")
            current = found[name] = Section(row.line)
        elif current is None:
            raise InvalidFile(file, row.line, "", "the file does not begin with META")
        elif not current.header:
            current.header = [value.strip().lower() for value in row.fields]
        else:
            current.rows.append(row)
    for name in SECTIONS:
        if name not in found:
            raise InvalidFile(file, None, name, "the section is missing")
        if not found[name].header:
            raise InvalidFile(file, found[name].line, name, "the section has no header")
    _check_widths(found, file)
    return found


def _split(text: str, file: str) -> Iterator[Row]:
    """The lines as fields. Only the part up to the last quotation mark needs the slow reader."""
    quoted = text.rfind('"')
    end_of_quotes = text.find("\n", quoted) + 1 if quoted >= 0 else 0
    if quoted >= 0 and end_of_quotes == 0:
        end_of_quotes = len(text)
    line = 0
    if end_of_quotes:
        yield from _split_quoted(text[:end_of_quotes], file)
        line = text.count("\n", 0, end_of_quotes)
    for number, content in enumerate(text[end_of_quotes:].split("\n"), start=line + 1):
        yield Row(number, content.split(";"))


def _split_quoted(text: str, file: str) -> Iterator[Row]:
    reader = csv.reader([*_lines(text), _END], delimiter=";")
    line = 1
    try:
        for fields in reader:
            if fields == [_END]:
                return
            if any(_END in value for value in fields):
                raise InvalidFile(file, line, "", "a quotation mark is opened and never closed")
            yield Row(line, fields)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidFile(file, line, "", str(error)) from error


def _lines(text: str) -> list[str]:
    """Lines that end at line feeds only: names may hold other separators of Unicode."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _check_widths(found: dict[str, Section], file: str) -> None:
    for name in ("PROJECTS", "VOTES"):
        section = found[name]
        width = len(section.header)
        for row in section.rows:
            if len(row.fields) > width and any(value.strip() for value in row.fields[width:]):
                raise InvalidFile(
                    file,
                    row.line,
                    name,
                    f"the line has {len(row.fields)} fields, the header {width}",
                )


def value(row: Row, column: int | None) -> str:
    """The trimmed field of a column; empty when the column, the field or its content is absent."""
    if column is None or column >= len(row.fields):
        return ""
    text = row.fields[column].strip()
    return "" if text.lower() in _ABSENT else text
