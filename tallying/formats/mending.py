"""Put one error of a file aside, so that it does not hide the next; for `tallying check` alone."""

import csv
from io import StringIO
from pathlib import Path

from tallying.errors import InvalidFile
from tallying.formats.csv_rows import BALLOTS, PROJECTS, delimiter_of

_NEUTRAL = {"budget": "0", "vote_type": "approval"}
"""What stands in for a value without which nothing else can be read."""


def mended(path: Path, content: bytes, error: InvalidFile) -> bytes | None:
    """The file without what the error names; None when the rest makes no sense without it.

    Lines keep their numbers, so that later errors name the lines of the file itself.
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if error.line is None or error.line > len(lines) or not lines[error.line - 1].strip():
        return None
    replaced = {".pb": _of_pabulib, ".csv": _of_sheet}.get(path.suffix.lower(), _of_blt)
    try:
        line = replaced(lines, error)
    except (UnicodeDecodeError, csv.Error):
        return None
    if line is None or line == lines[error.line - 1]:
        return None
    lines[error.line - 1] = line
    return b"\n".join(lines)


def _of_pabulib(lines: list[bytes], error: InvalidFile) -> bytes | None:
    place = (error.line or 1) - 1
    headings = [text.strip(b"; \t").upper() for text in lines[: place + 1]]
    last = max(
        (headings.index(name) for name in (b"META", b"PROJECTS", b"VOTES") if name in headings),
        default=place,
    )
    if place <= last + 1:
        return None
    again = any(_key(text) == error.field for text in lines[last + 2 : place])
    if headings[last] == b"META" and error.field in _NEUTRAL and not again:
        return f"{error.field};{_NEUTRAL[error.field]}".encode()
    return b""


def _key(line: bytes) -> str:
    """The key of a line of META."""
    return line.split(b";")[0].strip(b' "').decode(errors="replace").lower()


def _of_sheet(lines: list[bytes], error: InvalidFile) -> bytes | None:
    text = lines[(error.line or 1) - 1].decode()
    delimiter = delimiter_of(b"\n".join(lines).decode("utf-8-sig"))
    if delimiter is None:
        return None
    names = [line.decode().split(delimiter)[0].strip(' "\ufeff').lower() for line in lines]
    place, head = (error.line or 1) - 1, names.index(PROJECTS)
    if place == head or names[place] == BALLOTS:
        return None
    if place < head:
        neutral = _NEUTRAL.get(error.field)
        return b"" if neutral is None else f"{error.field}{delimiter}{neutral}".encode()
    if BALLOTS in names and place > names.index(BALLOTS):
        return b""
    ids = next(csv.reader([lines[head].decode()], delimiter=delimiter))
    cells = next(csv.reader([text], delimiter=delimiter))
    column = next((n for n, name in enumerate(ids) if name.strip() == error.field), None)
    if column is None or len(cells) > len(ids):
        return None
    cells = [*cells, *[""] * (len(ids) - len(cells))]
    cells[column] = "0"
    written = StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow(cells)
    return written.getvalue().encode()


def _of_blt(lines: list[bytes], error: InvalidFile) -> bytes | None:
    """Ballots can be left out; the head and the names cannot."""
    return b"" if error.field in ("ballot", "weight") and lines else None
