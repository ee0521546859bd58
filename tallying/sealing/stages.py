"""Stages: what a layer reads and writes, one sealed or plain ballot a line.

Nothing here keeps more than a line in memory.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from tallying.errors import InvalidStage
from tallying.evidence import canonical
from tallying.new_file import new_file

SCHEMA = "pb.stage/1"
STAGES = ("in", "mid", "out")
END = b'"]'
NO_ITEM = "A line is a box and an item in base64url."
MOST_HEADER_BYTES = 16 * 2**20
MOST_LINE_BYTES = 2**20

Item = tuple[str, bytes]
"""A box's id, and an envelope, a layer or a plain ballot."""


@dataclass(frozen=True)
class Header:
    """The first line: `boxes` holds how many items each box has, `manifest` is its digest."""

    round_id: str
    manifest: str
    stage: str
    boxes: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """The line's JSON, boxes in the order of their bytes."""
        return {
            "boxes": [
                {"box": box, "count": self.boxes[box]}
                for box in sorted(self.boxes, key=lambda box: box.encode())
            ],
            "manifest": self.manifest,
            "round": self.round_id,
            "schema": SCHEMA,
            "stage": self.stage,
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read the line's JSON; raises `ValueError` saying what is wrong with it."""
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise ValueError(f"This is not a stage of a sealed round ({SCHEMA}).")
        if set(value) != {"boxes", "manifest", "round", "schema", "stage"}:
            raise ValueError("The first line of a stage has other fields.")
        if value["stage"] not in STAGES:
            raise ValueError(f"A stage is one of {', '.join(STAGES)}.")
        if not _is_name(value["round"]) or not isinstance(value["manifest"], str):
            raise ValueError("The round and the manifest's digest are texts, without | in a name.")
        if not isinstance(value["boxes"], list):
            raise ValueError("The boxes are a list.")
        boxes = dict(map(_box_and_count, value["boxes"]))
        header = cls(value["round"], value["manifest"], value["stage"], boxes)
        if header.to_json()["boxes"] != value["boxes"]:
            raise ValueError("The boxes do not stand once each in the order of their bytes.")
        return header


class Stage:
    """A stage that is being read: iterate over it once, then ask for its `digest`.

    Raises `InvalidStage` with the number of the line that breaks the format.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._line = file, name, 0
        self._hash = hashlib.sha256()
        self._finished = False
        try:
            self.header = Header.from_json(canonical.loads(self._next(MOST_HEADER_BYTES) or b""))
        except ValueError as error:
            raise self._invalid(str(error)) from error

    def __iter__(self) -> Iterator[Item]:
        """The items, in the order of box and bytes."""
        order, box, start = _Order(self.header), "", b""
        while (line := self._next(MOST_LINE_BYTES)) is not None:
            try:
                if not start or not line.startswith(start):
                    box = _box_of(canonical.loads(line))
                    start = item_start(box)
                item = box, _content(line, len(start))
                order.take(item)
            except ValueError as error:
                raise self._invalid(str(error)) from error
            yield item
        try:
            order.end()
        except ValueError as error:
            raise InvalidStage(self._name, None, "", str(error)) from error
        self._finished = True

    @property
    def digest(self) -> str:
        """SHA-256 of the file in base64url, once everything was read."""
        if not self._finished:
            raise RuntimeError("The digest of a stage is known once it was read to its end.")
        return canonical.b64u(self._hash.digest())

    def _next(self, most: int) -> bytes | None:
        """The next line without its end; nothing at the end of the file."""
        line = self._file.readline(most + 1)
        if not line:
            return None
        self._line += 1
        if len(line) > most:
            raise self._invalid("The line is too long.")
        if not line.endswith(b"\n"):
            raise self._invalid("The file ends within a line: it was cut off.")
        self._hash.update(line)
        return line[:-1]

    def _invalid(self, message: str) -> InvalidStage:
        return InvalidStage(self._name, self._line or 1, "", message)


class _Order:
    """Holds what a stage announces against what comes; raises `ValueError`."""

    def __init__(self, header: Header) -> None:
        self._announced = header.boxes
        self._seen: Counter[str] = Counter()
        self._before: tuple[bytes, bytes] | None = None

    def take(self, item: Item) -> None:
        box, content = item
        if box not in self._announced:
            raise ValueError(f"The first line knows no box {box!r}.")
        place = (box.encode(), content)
        if self._before is not None and place < self._before:
            raise ValueError("The item does not stand in the order of box and bytes.")
        self._before = place
        self._seen[box] += 1
        if self._seen[box] > self._announced[box]:
            raise ValueError(
                f"The box {box!r} has more items than the {self._announced[box]} announced."
            )

    def end(self) -> None:
        for box, count in self._announced.items():
            if self._seen[box] != count:
                raise ValueError(
                    f"The box {box!r} has {self._seen[box]} items; {count} are announced."
                )


@contextmanager
def read_stage(path: Path) -> Iterator[Stage]:
    """Open a stage for reading; raises `InvalidStage`, also while it is iterated over."""
    with path.open("rb") as file:
        yield Stage(file, str(path))


def stage_lines(header: Header, items: Iterable[Item]) -> Iterator[bytes]:
    """The lines of a stage; `ValueError` when the items are not sorted or not as many as said."""
    yield canonical.dumps(header.to_json()) + b"\n"
    order, starts = _Order(header), {box: item_start(box) for box in header.boxes}
    for box, content in items:
        order.take((box, content))
        yield starts[box] + canonical.b64u(content).encode() + END + b"\n"
    order.end()


def write_stage(path: Path, header: Header, items: Iterable[Item]) -> str:
    """Write a new file that only its owner can read, and return its digest.

    `items` come sorted by the bytes of the box's id, then by their own. Raises `ValueError` when
    they do not, `TallyingError` when the file exists; then nothing is left behind.
    """
    made = hashlib.sha256()
    with new_file(path) as file:
        for line in stage_lines(header, items):
            made.update(line)
            file.write(line)
    return canonical.b64u(made.digest())


def item_start(box: str) -> bytes:
    """How the line of an item of the box begins, before the base64url.

    Nothing in the rest of a line is left to choose, so lines are made and read without a JSON
    library, which took longer than opening what they hold.
    """
    return b"[" + canonical.dumps(box) + b',"'


def _content(line: bytes, start: int) -> bytes:
    if len(line) < start + len(END) or not line.endswith(END):
        raise ValueError(NO_ITEM)
    return canonical.unb64u(line[start : -len(END)].decode())


def _box_of(value: Any) -> str:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        raise ValueError(NO_ITEM)
    return value[0]


def _box_and_count(value: Any) -> tuple[str, int]:
    if not isinstance(value, dict) or set(value) != {"box", "count"}:
        raise ValueError("A box has the fields box and count.")
    if not _is_name(value["box"]) or type(value["count"]) is not int or value["count"] < 0:
        raise ValueError("A box is a name without | and a count that is not negative.")
    return value["box"], value["count"]


def _is_name(value: Any) -> bool:
    """Whether it can name a round or a box where | and line ends separate names."""
    return isinstance(value, str) and value != "" and not set(value) & {"|", "\n"}
