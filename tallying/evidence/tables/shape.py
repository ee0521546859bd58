"""Objects with the same few fields, one a line: read as columns.

A line that one pattern matches from end to end is canonical JSON, since the pattern leaves nothing
else to choose. A block with any other line is parsed, which costs ten times as much.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.tables.lines import Lines, split

TEXT = r'"([ !#-\[\]-~]*)"'
"""A text of ASCII without control characters, quotes and backslashes: nothing to normalise."""
NUMBER = "(0|-?[1-9][0-9]{0,14})"
DIGEST = '"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"'
"""32 bytes in base64url, written in the one way they can be."""

Columns = tuple[Sequence[Any], ...]


class Shape:
    """The fields of a file's objects: name → `TEXT`, `NUMBER` or `DIGEST`."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.names = sorted(fields)
        self._numbers = [name for name in self.names if fields[name] == NUMBER]
        members = ",".join(f'"{name}":{fields[name]}' for name in self.names)
        self._pattern = re.compile(rf"^\{{{members}\}}$", re.MULTILINE)

    def columns(self, lines: Lines, block: bytes, first: int) -> tuple[Columns, bool]:
        """One column for each name, sorted, and whether every line has this very shape.

        `first` is the number of the block's first line. Raises `InvalidBundle` for a line that is no
        canonical object of these fields.
        """
        found = self.matched(block)
        if found is None:
            objects = parsed(lines.name, split(block), first)
            expect_fields(lines.name, objects, self.names, first)
            return tuple([item[name] for item in objects] for name in self.names), False
        columns = dict(zip(self.names, zip(*found, strict=True), strict=True))
        for name in self._numbers:
            columns[name] = tuple(map(int, columns[name]))
        return tuple(columns.values()), True

    def matched(self, block: bytes) -> list[tuple[str, ...]] | None:
        """The texts of each line's fields; None unless every line has this very shape."""
        if not block.isascii():
            return None
        found = self._pattern.findall(block.decode())
        return found if len(found) == block.count(b"\n") else None


def parsed(name: str, lines: Sequence[bytes], first: int) -> list[dict[str, Any]]:
    """The objects of canonical lines, of which the first has the number `first`, from 1.

    Raises `InvalidBundle`, naming the line.
    """
    values = _values(name, lines, first)
    for value in values:
        if not isinstance(value, dict):
            message = f"{name} holds something else than an object."
            raise InvalidBundle(message)
    return values


def expect_fields(
    name: str, values: Sequence[Mapping[str, Any]], fields: Sequence[str], first: int
) -> None:
    """Raise `InvalidBundle` naming the first line whose object has other fields than these."""
    for number, value in enumerate(values, first):
        if value.keys() != set(fields):
            found = sorted(value.keys() ^ set(fields))[0]
            what = "is missing" if found in fields else "is a field too many"
            message = f"{name}, line {number}: {found[:40]} {what}."
            raise InvalidBundle(message)


def check_canonical(lines: Lines) -> None:
    """Raise `InvalidBundle` unless every line is canonical JSON, an object or not."""
    number = 1
    for block in lines.blocks():
        number += len(_values(lines.name, split(block), number))


def _values(name: str, lines: Sequence[bytes], first: int) -> list[Any]:
    values = canonical.loads_together(lines)
    if values is None:
        values = [_parsed_line(name, line, number) for number, line in enumerate(lines, first)]
    return values


def _parsed_line(name: str, line: bytes, number: int) -> Any:
    try:
        return canonical.loads(line)
    except canonical.NotCanonical as error:
        message = f"{name}, line {number}: {error}"
        raise InvalidBundle(message) from error
