"""What a layer gave, box by box."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.tables.lines import Lines, split
from tallying.evidence.tables.table import Table, read_table
from tallying.sealing.stages import END, item_start


def items(bundle: Bundle, path: str) -> Table[dict[str, list[bytes]]]:
    """The items of a stage by box, in their order; raises `InvalidBundle`."""
    return read_table(bundle, path, _read_items)


def counts(bundle: Bundle, path: str) -> Table[Counter[str]]:
    """How many items of each box a stage holds; raises `InvalidBundle`."""
    return read_table(bundle, path, _read_counts)


def _read_items(lines: Lines) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    for box_id, text in _texts(lines):
        found[box_id].append(canonical.decoded(text))
    return dict(found)


def _read_counts(lines: Lines) -> Counter[str]:
    return Counter(box_id for box_id, _ in _texts(lines))


def _texts(lines: Lines) -> Iterator[tuple[str, bytes]]:
    """Box and base64url of each item; raises `InvalidBundle` for a line that is none."""
    number, box_id, start = 0, "", b""
    for block in lines.blocks():
        for line in split(block):
            number += 1
            text = line[len(start) : -len(END)]
            # An item of the same box as the one before: nothing else of its line is left to choose.
            if start and line == start + text + END and canonical.is_b64u(text):
                yield box_id, text
            elif number == 1:
                _loads(lines, line, number)
            else:
                box_id, text = _item(lines, line, number)
                start = item_start(box_id)
                yield box_id, text


def _item(lines: Lines, line: bytes, number: int) -> tuple[str, bytes]:
    value = _loads(lines, line, number)
    match value:
        case [str(box_id), str(text)] if canonical.is_b64u(text.encode()):
            return box_id, text.encode()
    message = f"{lines.name} is not a stage: line {number} is no box and item in base64url."
    raise InvalidBundle(message)


def _loads(lines: Lines, line: bytes, number: int) -> object:
    try:
        found: object = canonical.loads(line)
    except canonical.NotCanonical as error:
        message = f"{lines.name}, line {number}: {error}"
        raise InvalidBundle(message) from error
    return found
