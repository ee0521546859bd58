"""The lines of a BLT file: numbers first, then texts between quotation marks."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tallying.errors import InvalidFile

_TEXT = re.compile(r'"(.*?)"(?=\s|$|#)(?!\s+[^\s"#])|([^\s"#]+)')
"""A name runs to a quotation mark that nothing but further names follows, since names in the wild
hold quotation marks of their own; a single word needs none."""
_DOUBLED = re.compile(r'"[^"]*(?:""[^"]*)+"')
"""A line that is one name, in which each quotation mark is written twice."""
_ALTERNATIVE = re.compile(r"^\s*#\s*ALTERNATIVE NAME (\d+):\s*(.*?)\s*$", re.MULTILINE)
_BALLOT_ID = re.compile(r"^\s*\([^()]*\)")


class Line(NamedTuple):
    """The words of one line; `number` counts from 1."""

    number: int
    words: list[str]


def number_lines(text: str) -> Iterator[Line]:
    """The lines up to the names, without comments (`#` to the end), ballots' ids and empty lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.partition("#")[0] if "#" in line else line
        if "(" in content:
            content = _BALLOT_ID.sub("", content)
        if words := content.split():
            yield Line(number, words)


def texts(lines: list[str], first: int, file: str) -> list[tuple[int, list[str]]]:
    """The texts of each line from line number `first` on; raises `InvalidFile`."""
    found = []
    for number, line in enumerate(lines, start=first):
        if parts := list(_parts(line, number, file)):
            found.append((number, parts))
    return found


def _parts(line: str, number: int, file: str) -> Iterator[str]:
    content = line.strip()
    if '"' not in content:
        content = content.partition("#")[0].rstrip()
        if content:
            yield content
        return
    if _DOUBLED.fullmatch(content):
        yield content[1:-1].replace('""', '"').strip()
        return
    while content and not content.startswith("#"):
        match = _TEXT.match(content)
        if match is None:
            message = f"{content} is no name between quotation marks"
            raise InvalidFile(file, number, "name", message)
        yield (match[1] if match[2] is None else match[2]).strip()
        content = content[match.end() :].lstrip()


def alternative_names(text: str, candidates: int) -> list[str]:
    """The names that comments give to all candidates, as the files of Glasgow 2007 do; else none."""
    named = dict(_ALTERNATIVE.findall(text))
    names = [named.get(str(number), "") for number in range(1, candidates + 1)]
    return names if all(names) else []
