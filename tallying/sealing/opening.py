"""Opening many items with one key, in this process or in several."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from os import cpu_count
from typing import NamedTuple

from tallying.errors import TallyingError, Undecryptable
from tallying.sealing.keys import LayerKey

MANY = 20_000
"""From here on the start of further processes repays itself."""

WAITING = 4
"""Chunks that wait for each process, so that none is idle and memory stays bounded."""


class Chunk(NamedTuple):
    """Items of one box (its place among the boxes), all sealed with the same `info`."""

    box: int
    info: bytes
    items: list[bytes]


Opened = tuple[int, list[bytes | None]]
"""The box's place, and what its items gave; nothing for those that do not open."""


def processes_for(total: int) -> int:
    """How many processes open `total` items best on this machine."""
    return (cpu_count() or 1) if total >= MANY else 1


def open_chunks(key: LayerKey, chunks: Iterable[Chunk], processes: int) -> Iterator[Opened]:
    """Open every chunk, in the order given."""
    if processes == 1:
        return (_open(key, chunk) for chunk in chunks)
    return _open_in_processes(key, chunks, processes)


def _open_in_processes(key: LayerKey, chunks: Iterable[Chunk], processes: int) -> Iterator[Opened]:
    """A fresh interpreter each (spawn): a fork would copy the threads that draw the progress."""
    waiting: deque[Future[Opened]] = deque()
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (key.seed,)) as pool:
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_open_here, chunk))
                if len(waiting) > processes * WAITING:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            message = "A process that opened ballots was ended by the system; try --jobs 1."
            raise TallyingError(message) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _open(key: LayerKey, chunk: Chunk) -> Opened:
    return chunk.box, [_opened(key, chunk.info, item) for item in chunk.items]


def _opened(key: LayerKey, info: bytes, item: bytes) -> bytes | None:
    try:
        return key.open(info, item)
    except Undecryptable:
        return None


_key: LayerKey
"""The key of a further process."""


def _start(seed: bytes) -> None:
    """Ctrl-C is the first process's to handle; this one ends with it."""
    global _key
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _key = LayerKey(seed)


def _open_here(chunk: Chunk) -> Opened:
    return _open(_key, chunk)
