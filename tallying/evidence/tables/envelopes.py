"""The envelopes of a box: their hashes, and what the layers were given."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.envelopes import open_envelope
from tallying.evidence.opened import counted
from tallying.evidence.tables.lines import Lines, split
from tallying.evidence.tables.shape import expect_fields, parsed
from tallying.evidence.tables.table import Table, read_table
from tallying.sealing.stages import END, Header, item_start

_HEAD, _BETWEEN, _TAIL = b'{"ct":"', b'","envelope":"', b'"}'
_CT = slice(len(_HEAD), len(_HEAD) + 43)
_NAME = slice(_CT.stop, _CT.stop + len(_BETWEEN))
_ENVELOPE = slice(_NAME.stop, -len(_TAIL))

Item = tuple[Any, bytes, bytes]
"""What a line says is the hash of its envelope; the envelope in base64url, and itself."""


@dataclass
class Envelopes:
    """The envelopes of one file, in its order.

    `ct` are the hashes that the lines state; `wrong` is the first line, from
    1, whose envelope has another, or 0.
    `bodies` are the plain ballots in the envelopes of an open round, where they were asked for.
    """

    ct: list[Any] = field(default_factory=list)
    wrong: int = 0
    is_sorted: bool = True
    sizes: set[int] = field(default_factory=set)
    bodies: Counter[bytes] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.ct)


class Reader:
    """Reads files of envelopes; `stage` goes on to hash what the outer layer was given."""

    def __init__(self, *, opens: bool = False, stage: "InputStage | None" = None) -> None:
        self._opens, self._stage = opens, stage

    def read(self, lines: Lines, box_id: str = "") -> Envelopes:
        """Raises `InvalidBundle` for a line that is no canonical object with an envelope."""
        found, last = Envelopes(), b""
        for block in lines.blocks():
            stated, texts, contents = zip(*_items(lines, block, len(found) + 1), strict=True)
            digests = [sha256(content).digest() for content in contents]
            true = canonical.b64u_digests(digests)
            if not found.wrong and true != list(stated):
                pairs = enumerate(zip(true, stated, strict=True), start=len(found) + 1)
                found.wrong = next(number for number, (one, other) in pairs if one != other)
            found.is_sorted &= sorted([last, *contents]) == [last, *contents]
            found.sizes.update(map(len, contents))
            found.ct += stated
            last = contents[-1]
            if self._opens:
                found.bodies.update(map(open_envelope, contents))
            if self._stage is not None:
                self._stage.take(box_id, texts)
        return found


class InputStage:
    """The digest of the stage that the counted envelopes make, box after box.

    `boxes` is how many envelopes the outer layer says it was given of each box.
    """

    def __init__(self, round_id: str, manifest: str, boxes: Mapping[str, int]) -> None:
        header = Header(round_id, manifest, "in", dict(boxes))
        self._hash = sha256(canonical.dumps(header.to_json()) + b"\n")

    def take(self, box_id: str, texts: Sequence[bytes]) -> None:
        """Append envelopes of a box in base64url, in the order of their bytes."""
        start, end = item_start(box_id), END + b"\n"
        self._hash.update(start + (end + start).join(texts) + end)

    @property
    def digest(self) -> str:
        """SHA-256 of the stage, in base64url."""
        return canonical.b64u(self._hash.digest())


@dataclass(frozen=True)
class Asked:
    """What `read_counted` needs; `boxes` as `InputStage` has them, None in an open round."""

    box_ids: tuple[str, ...]
    round_id: str
    manifest: str
    boxes: Mapping[str, int] | None


@dataclass(frozen=True)
class Counted:
    """The counted envelopes by box, and the digest of the stage that they make."""

    tables: dict[str, Table[Envelopes]]
    stage: str | None


def read_counted(path: str, asked: Asked) -> Counted:
    """Read the counted envelopes of every box of the bundle in the file `path`.

    A function of its own, so that another process can do it: they are most of a sealed bundle.
    """
    stage = None
    if asked.boxes is not None:
        stage = InputStage(asked.round_id, asked.manifest, asked.boxes)
    reader, tables = Reader(opens=stage is None, stage=stage), {}
    with Bundle.open(path) as bundle:
        for box_id in sorted(asked.box_ids, key=str.encode):
            name = counted(box_id)
            if name in bundle:
                tables[name] = read_table(bundle, name, partial(reader.read, box_id=box_id))
    return Counted(tables, None if stage is None else stage.digest)


def _items(lines: Lines, block: bytes, first: int) -> list[Item]:
    try:
        return [_item(line) for line in split(block)]
    except ValueError:
        items = parsed(lines.name, split(block), first)
        expect_fields(lines.name, items, ("ct", "envelope"), first)
        return [
            _parsed_item(item, f"{lines.name}, line {number}")
            for number, item in enumerate(items, first)
        ]


def _item(line: bytes) -> Item:
    """A line of the usual form, whose canonical bytes leave nothing else; raises `ValueError`."""
    text, ct = line[_ENVELOPE], line[_CT]
    if line != _HEAD + ct + _BETWEEN + text + _TAIL:
        raise ValueError
    if not canonical.is_b64u(ct) or not canonical.is_b64u(text):
        raise ValueError
    return ct.decode(), text, canonical.decoded(text)


def _parsed_item(item: Mapping[str, Any], where: str) -> Item:
    text = item["envelope"]
    try:
        content = canonical.unb64u(text)
    except canonical.NotCanonical as error:
        message = f"{where}: the envelope cannot be read: {error}"
        raise InvalidBundle(message) from error
    return item["ct"], text.encode(), content
