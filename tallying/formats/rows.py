"""The three sections of a Pabulib file, as rows that know their line."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tallying.errors import InvalidFile

SECTIONS = ("META", "PROJECTS", "VOTES")
_END = "\x00end of the file"
_ABSENT = ("", "none")
_SECTION_BYTES = tuple(name.encode() for name in SECTIONS)
_SEMICOLON, _LINE_FEED = b";\n"
_BLOCK = 2**22


class Row(NamedTuple):
    """Fields of one line; `line` counts from 1."""

    line: int
    fields: Sequence[str]


class Block(NamedTuple):
    """Whole lines of text without quotation marks; `line` is the number of the first."""

    line: int
    text: str

    def rows(self) -> Iterator[Row]:
        """The lines as fields, empty ones left out."""
        for number, content in enumerate(self.text.split("\n"), start=self.line):
            row = Row(number, content.split(";"))
            if not _blank(row.fields):
                yield row

    def fields(self, width: int) -> list[str] | None:
        """The fields of all lines, one line after another, if each line has exactly `width`."""
        text = self.text.rstrip("\n")
        marks = np.frombuffer(text.encode() + b"\n", dtype=np.uint8)
        marks = marks[(marks == _SEMICOLON) | (marks == _LINE_FEED)]
        if len(marks) % width:
            return None
        lines = marks.reshape(-1, width)
        if (lines[:, -1] != _LINE_FEED).any() or (lines[:, :-1] != _SEMICOLON).any():
            return None
        return text.replace("\n", ";").split(";")


@dataclass
class Section:
    """A section of a file: its column names, their line, and its lines.

    `first` holds rows that were read one by one. The text from `rest` on, whose first line has
    the number `rest_line`, holds the others: no quotation mark and no further section.
    """

    file: str
    name: str
    line: int
    header: list[str] = field(default_factory=list)
    first: list[Row] = field(default_factory=list)
    text: str = ""
    rest: int = 0
    rest_line: int = 0

    def take(self, row: Row) -> None:
        """Take the header, then further rows."""
        if self.header:
            self.first.append(row)
        else:
            self.header = [value.strip().lower() for value in row.fields]

    def column(self, name: str) -> int | None:
        """The position of a column; None when there is none of this name."""
        return self.header.index(name) if name in self.header else None

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, each checked against the header; raises `InvalidFile`."""
        yield from self.checked(self.first)
        for block in self.blocks():
            yield from self.checked(block.rows())

    def blocks(self) -> Iterator[Block]:
        """The lines that were not read one by one, about four million characters at a time."""
        return _blocks(self.text, self.rest, self.rest_line)

    def checked(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; raises `InvalidFile` on one that is longer than the header."""
        width = len(self.header)
        for row in rows:
            if len(row.fields) > width and self.name != "META" and not _blank(row.fields[width:]):
                message = f"the line has {len(row.fields)} fields, the header {width}"
                raise InvalidFile(self.file, row.line, self.name, message)
            yield row


def _blank(fields: Iterable[str]) -> bool:
    return not any(value.strip() for value in fields)


def _blocks(text: str, start: int, line: int) -> Iterator[Block]:
    while start < len(text):
        end = text.find("\n", min(len(text), start + _BLOCK))
        end = len(text) if end < 0 else end
        block = text[start:end]
        yield Block(line, block)
        line += block.count("\n") + 1
        start = end + 1


def read_text(source: Path | str | bytes, file: str | None, advice: str = "") -> tuple[str, str]:
    """The text of a file by its path, or of its text or bytes; and the name that errors give it.

    That is `file`, or else the path's. Raises `InvalidFile`, with `advice` as in `decode`.
    """
    if not isinstance(source, Path):
        name = file or "text"
        return decode(source.encode() if isinstance(source, str) else source, name, advice), name
    name = file or source.name
    try:
        content = source.read_bytes()
    except OSError as error:
        raise InvalidFile(str(source), None, "", error.strerror or str(error)) from error
    return decode(content, name, advice), name


def decode(content: bytes, file: str, advice: str = "") -> str:
    """The text of a file, without a byte order mark; raises `InvalidFile`.

    `advice` says what to do where it is not UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFile(file, line, "", f"the text is not UTF-8{advice}") from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise InvalidFile(file, line, "", "there is a zero byte; this is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sections(text: str, file: str) -> dict[str, Section]:
    """All sections of the text; raises `InvalidFile`."""
    found: dict[str, Section] = {}
    current: Section | None = None
    unsplit: bool | None = None
    for row, end in _split(text, file):
        if _blank(row.fields):
            continue
        name = _heading(row)
        if name in found:
            raise InvalidFile(file, row.line, name, "the section stands here a second time")
        if name:
            current = found[name] = Section(file, name, row.line, text=text, rest=len(text))
            continue
        if current is None:
            raise InvalidFile(file, row.line, "", "the file does not begin with META")
        current.take(row)
        if current.name == "VOTES" and end is not None and unsplit is None:
            unsplit = not _names_a_section(text, end)
            if unsplit:
                current.rest, current.rest_line = end, row.line + 1
                break
    _check_all_there(found, file)
    return found


def _heading(row: Row) -> str:
    """The section that a row begins; empty when it begins none."""
    name = row.fields[0].strip().upper()
    return name if name in SECTIONS and _blank(row.fields[1:]) else ""


def _check_all_there(found: Mapping[str, Section], file: str) -> None:
    for name in SECTIONS:
        if name not in found:
            raise InvalidFile(file, None, name, "the section is missing")
        if not found[name].header:
            raise InvalidFile(file, found[name].line, name, "the section has no header")


def _names_a_section(text: str, start: int) -> bool:
    """Whether a further section may begin behind `start`."""
    return any(
        name in block
        for block in (block.text.encode().upper() for block in _blocks(text, start, 0))
        for name in _SECTION_BYTES
    )


def _split(text: str, file: str) -> Iterator[tuple[Row, int | None]]:
    """The lines as fields, each with the position behind it.

    Only the part up to the last quotation mark needs the slow reader, which knows no positions.
    """
    quoted = text.rfind('"')
    end = text.find("\n", quoted) + 1 if quoted >= 0 else 0
    if quoted >= 0 and end == 0:
        end = len(text)
    line = 0
    if end:
        for row in _split_quoted(text[:end], file):
            yield row, None
        line = text.count("\n", 0, end)
    while end < len(text):
        start, line = end, line + 1
        end = text.find("\n", start) + 1 or len(text) + 1
        yield Row(line, text[start : end - 1].split(";")), end


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


def value(row: Row, column: int | None) -> str:
    """The trimmed field of a column; empty when the column, the field or its content is absent."""
    if column is None or column >= len(row.fields):
        return ""
    text = row.fields[column].strip()
    return "" if text.lower() in _ABSENT else text
