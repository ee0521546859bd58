"""Sorting more ballots than fit into memory.

Sorted runs lie in temporary files without a name, which the system forgets when the program ends,
however it ends: what came out of the last layer must not stay behind.
"""

import struct
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

RUN_BYTES = 256 * 2**20
RECORD = struct.Struct(">II")
OVERHEAD = 150
"""What Python needs for an item beside its bytes, about."""

Entry = tuple[int, bytes]
"""The place of a box among the boxes, and the bytes of an item."""


class Sorter:
    """Takes entries in any order, and gives them back sorted; holds about `run_bytes` at once."""

    def __init__(self, folder: Path, run_bytes: int = RUN_BYTES) -> None:
        self._folder, self._run_bytes = folder, run_bytes
        self._held: list[Entry] = []
        self._bytes = 0
        self._files = ExitStack()
        self._runs: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def add(self, entry: Entry) -> None:
        """Take one entry."""
        self._held.append(entry)
        self._bytes += len(entry[1]) + OVERHEAD
        if self._bytes >= self._run_bytes:
            self._spill()

    def __iter__(self) -> Iterator[Entry]:
        """Everything taken so far, sorted."""
        self._held.sort()
        return merge(*map(_read, self._runs), self._held)

    def _spill(self) -> None:
        self._held.sort()
        run = self._files.enter_context(
            TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed when the sorter is left
        )
        for box, item in self._held:
            run.write(RECORD.pack(box, len(item)) + item)
        self._runs.append(run)
        self._held, self._bytes = [], 0


def _read(run: IO[bytes]) -> Iterator[Entry]:
    run.seek(0)
    while start := run.read(RECORD.size):
        box, length = RECORD.unpack(start)
        yield box, run.read(length)
