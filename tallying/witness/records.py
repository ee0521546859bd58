"""What a witness has cosigned last of each log: the one thing that it must never forget."""

import fcntl
from hashlib import sha256
from pathlib import Path
from typing import Self

from tallying import durable
from tallying.errors import TallyingError
from tallying.evidence.cosignature import Witness
from tallying.evidence.notes import InvalidNote, open_note


class DamagedRecord(TallyingError):
    """A record that the witness's own key did not sign, or that cannot be read."""


class Records:
    """A folder with one file for each log: the newest checkpoint, with the witness's cosignature.

    The folder is locked for as long as this lives, so that two witnesses of one key cannot
    contradict each other. Raises `TallyingError` when another process holds it.
    """

    def __init__(self, folder: Path, witness: Witness) -> None:
        self._folder, self._witness = folder, witness
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            message = f"Another witness is at work in {folder}."
            raise TallyingError(message) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of the folder."""
        self._lock.close()

    def newest(self, origin: str) -> bytes | None:
        """The note cosigned last; None for a log of which nothing was cosigned yet."""
        path = self._path(log_id(origin))
        try:
            note = path.read_bytes()
            text = open_note(note, [self._witness.verifier]).text
        except FileNotFoundError:
            return None
        except (OSError, InvalidNote) as error:
            message = f"The record {path} is damaged; nothing of {origin} is signed any more."
            raise DamagedRecord(message) from error
        if text.partition("\n")[0] != origin:
            message = f"The record {path} is of another log; nothing of {origin} is signed."
            raise DamagedRecord(message)
        return note

    def keep(self, origin: str, note: bytes) -> None:
        """Remember a cosigned note; on the disk when this returns."""
        durable.write(self._path(log_id(origin)), note)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.checkpoint"


def log_id(origin: str) -> str:
    """How a log is named in an address and in the folder: SHA-256 of its origin, hexadecimal."""
    return sha256(origin.encode()).hexdigest()
