"""A log's checkpoint: origin, size and root, as C2SP tlog-checkpoint defines it, in a signed note."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tallying.evidence import notes

SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
ROOT_BYTES = 32


@dataclass(frozen=True)
class Checkpoint:
    """What a log's key says of the log: its name, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def root_text(self) -> str:
        """The root as it is written: standard base64."""
        return base64.b64encode(self.root).decode()

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{self.root_text}\n"

    def sign(self, *signers: notes.Signer) -> bytes:
        """The signed note."""
        return notes.sign(self.text(), *signers)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint; raises `notes.InvalidNote`."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not SIZE.fullmatch(lines[1]):
            message = "A checkpoint has three lines: origin, size and root."
            raise notes.InvalidNote(message)
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (ValueError, binascii.Error):
            root = b""
        checkpoint = cls(lines[0], int(lines[1]), root)
        if len(root) != ROOT_BYTES or checkpoint.root_text != lines[2]:
            message = "The checkpoint's root is not the base64 of 32 bytes."
            raise notes.InvalidNote(message)
        return checkpoint

    @classmethod
    def open(cls, content: bytes, verifiers: Iterable[notes.Verifier]) -> Self:
        """Read a signed checkpoint; raises `notes.InvalidNote` unless one of `verifiers` signed.

        The key of a log bears the log's name: a checkpoint of another origin is refused.
        """
        note = notes.open_note(content, verifiers)
        checkpoint = cls.parse(note.text)
        if checkpoint.origin not in {key.name for key in note.verified}:
            message = f"The checkpoint is of {checkpoint.origin}, not of {note.verified[0].name}."
            raise notes.InvalidNote(message)
        return checkpoint
