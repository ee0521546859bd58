"""Cutting the power under SQLite.

A killed process loses nothing that it wrote: the system still has it. A power cut loses what was
not synced, and tears it. `Recorder` puts itself between SQLite and the disk, as SQLite's own VFS
interface allows, and notes every write and every sync. `cut` then builds what a disk may hold
after a cut at any moment: all that was synced, and of the rest any sectors, older or newer.
"""

import _sqlite3
import ctypes
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

SECTOR = 512
"""Bytes that a disk writes whole; SQLite relies on no more by default."""

RECORDED = 0x100 | 0x800 | 0x80000
"""Main database, rollback journal, write-ahead log (SQLITE_OPEN_…)."""

_File, _Vfs, _Text, _Int = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_Long = ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_Int, _Vfs, ctypes.c_void_p, _File, _Int, ctypes.POINTER(_Int))
_WRITE = ctypes.CFUNCTYPE(_Int, _File, ctypes.c_void_p, _Int, _Long)
_TRUNCATE = ctypes.CFUNCTYPE(_Int, _File, _Long)
_SYNC = ctypes.CFUNCTYPE(_Int, _File, _Int)


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`: what a file can do."""

    _fields_ = (
        ("version", _Int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", ctypes.c_void_p * 13),
    )


class _FileSystem(ctypes.Structure):
    """`sqlite3_vfs`: how files are opened."""

    _fields_ = (
        ("version", _Int),
        ("file_size", _Int),
        ("longest_path", _Int),
        ("next", ctypes.c_void_p),
        ("name", _Text),
        ("data", ctypes.c_void_p),
        ("open", _OPEN),
        ("others", ctypes.c_void_p * 14),
    )


class NoFileSystem(Exception):
    """Python's SQLite cannot be reached here."""


@dataclass(frozen=True)
class Step:
    """What happened, in order. `write`: bytes at an offset; `truncate`: to a size.

    `sync`: what was written before step number `at` is on the disk. `mark`: the test's own note.
    """

    kind: str
    path: str = ""
    at: int = 0
    content: bytes = b""
    note: Any = None


_kept: list["Recorder"] = []
"""A connection that Python closes late still calls the functions of its file system."""


class Recorder:
    """Notes what SQLite writes and syncs through the file system named `name`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[Step] = []
        self.paths: dict[int, str] = {}
        self._lock = Lock()
        self._library = _library()
        self._below = _FileSystem.from_address(self._library.sqlite3_vfs_find(None))
        self._originals: dict[int, _Methods] = {}
        self._tables: dict[int, _Methods] = {}
        self._own = _FileSystem.from_buffer_copy(self._below)
        self._own.name = name.encode()
        self._own.open = _OPEN(self._open)

    @contextmanager
    def registered(self) -> Iterator["Recorder"]:
        """SQLite knows the file system until the block ends."""
        _kept.append(self)
        self._library.sqlite3_vfs_register(ctypes.byref(self._own), 0)
        try:
            yield self
        finally:
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._own))

    def url(self, path: Path) -> str:
        return f"sqlite:///file:{path}?vfs={self.name}&uri=true"

    def mark(self, note: Any) -> None:
        """Note something between two steps: an answer that a voter has seen."""
        self._note(Step("mark", note=note))

    def _note(self, step: Step) -> None:
        with self._lock:
            self.steps.append(step)

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, given: Any) -> int:
        """The name is handed on as a pointer: the file below keeps it and reads it later."""
        code: int = self._below.open(ctypes.addressof(self._below), name, file, flags, given)
        if code == 0 and name is not None and flags & RECORDED:
            pointer = ctypes.c_void_p.from_address(file)
            table = pointer.value or 0
            self.paths[file] = ctypes.string_at(name).decode()
            self._originals[file] = _Methods.from_address(table)
            pointer.value = ctypes.addressof(self._recording(table))
        return code

    def _recording(self, table: int) -> _Methods:
        """The methods at an address with three of them replaced."""
        if table not in self._tables:
            methods = _Methods.from_buffer_copy(_Methods.from_address(table))
            methods.write = _WRITE(self._write)
            methods.truncate = _TRUNCATE(self._truncate)
            methods.sync = _SYNC(self._sync)
            self._tables[table] = methods
        return self._tables[table]

    def _write(self, file: int, content: int, amount: int, offset: int) -> int:
        self._note(Step("write", self.paths[file], offset, ctypes.string_at(content, amount)))
        return int(self._originals[file].write(file, content, amount, offset))

    def _truncate(self, file: int, size: int) -> int:
        self._note(Step("truncate", self.paths[file], size))
        return int(self._originals[file].truncate(file, size))

    def _sync(self, file: int, flags: int) -> int:
        covers = len(self.steps)  # what is written while the sync runs is not promised
        code = int(self._originals[file].sync(file, flags))
        if code == 0:
            self._note(Step("sync", self.paths[file], covers))
        return code


def cut(steps: list[Step], moment: int, before: dict[str, bytes], folder: Path) -> None:
    """Write into `folder` what the disk may hold when the power goes before step `moment`.

    `before` holds the files that were there at the start, by their paths.
    """
    chance = random.Random(moment)
    past = steps[:moment]
    for path in {step.path for step in past if step.path} | set(before):
        synced = max((s.at for s in past if s.kind == "sync" and s.path == path), default=0)
        content = bytearray(before.get(path, b""))
        luck = chance.choice((0.0, 0.5, 1.0))
        for number, step in enumerate(past):
            if step.path == path:
                _apply(content, step, chance, 1.0 if number < synced else luck)
        if content:
            (folder / Path(path).name).write_bytes(content)


def _apply(content: bytearray, step: Step, chance: random.Random, luck: float) -> None:
    """One step, each sector of it with the probability `luck`."""
    if step.kind == "truncate" and chance.random() < luck:
        del content[step.at :]
        content.extend(bytes(max(0, step.at - len(content))))
    if step.kind != "write":
        return
    start, end = step.at, step.at + len(step.content)
    while start < end:
        stop = min(end, start // SECTOR * SECTOR + SECTOR)
        if chance.random() < luck:
            content.extend(bytes(max(0, stop - len(content))))
            content[start:stop] = step.content[start - step.at : stop - step.at]
        start = stop


def _library() -> ctypes.CDLL:
    """The very SQLite that Python's `sqlite3` uses."""
    # A Python that holds the module itself has no file of it: then SQLite is looked for in both.
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    try:
        library.sqlite3_vfs_find.restype = ctypes.c_void_p
    except AttributeError as error:
        message = "this Python hides the SQLite that it holds"
        raise NoFileSystem(message) from error
    library.sqlite3_vfs_find.argtypes = [_Text]
    return library
