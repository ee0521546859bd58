"""Every error of a file, and not only the first."""

from pathlib import Path
from typing import Any

from tallying.errors import InvalidFile
from tallying.formats import ElectionFile, module_of
from tallying.formats.mending import mended

MOST_ERRORS = 1000
"""After so many errors, the rest of the file is left unread."""
_BINARY = ".parquet"
_CHUNK = 1000
"""Lines of ballots that are read together, once the file is known to hold errors."""


def errors_of(path: Path) -> tuple[list[InvalidFile], ElectionFile | None]:
    """Every error of a file by its lines, or the file when there is none.

    What cannot be read is put aside and the rest is read again, so that one error does not hide
    the next. Raises `InvalidFile` when the file is not there or of no known format.
    """
    module = module_of(path)
    try:
        return [], module.read(path, path.name)
    except InvalidFile as error:
        if not path.is_file():
            raise
        if path.suffix.lower() == _BINARY:
            return [error], None
    content = path.read_bytes()
    found: dict[tuple[int | None, str, str], InvalidFile] = {}
    for part, first, shift in _parts(path, content):
        for met in _errors(module, path, part):
            line = met.line + shift if met.line and met.line > first else met.line
            moved = InvalidFile(path.name, line, met.field, met.message)
            found.setdefault((line, met.field, met.message), moved)
            if len(found) >= MOST_ERRORS:
                break
    return sorted(found.values(), key=lambda e: (e.line is None, e.line or 0)), None


def _errors(module: Any, path: Path, content: bytes) -> list[InvalidFile]:
    errors: list[InvalidFile] = []
    shorter: bytes | None = content
    while shorter is not None and len(errors) < MOST_ERRORS:
        content = shorter
        try:
            module.read(content, path.name)
        except InvalidFile as error:
            errors.append(error)
            shorter = mended(path, content, error)
        else:
            shorter = None
    return errors


def _parts(path: Path, content: bytes) -> list[tuple[bytes, int, int]]:
    """The file as parts that can be read by themselves: each the head with some of the ballots.

    With the number of lines of the head, and by how much later lines are shifted. A file that is
    no Pabulib file, or has quotation marks among its ballots, is one part.
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    headings = [line.strip(b"; \t").upper() for line in lines]
    if path.suffix.lower() != ".pb" or headings.count(b"VOTES") != 1:
        return [(content, 0, 0)]
    head = headings.index(b"VOTES") + 2
    ballots = lines[head:]
    if any(b'"' in line for line in ballots):
        return [(content, 0, 0)]
    return [
        (b"\n".join([*lines[:head], *ballots[start : start + _CHUNK]]), head, start)
        for start in range(0, max(1, len(ballots)), _CHUNK)
    ]
