"""A proof that an entry is in a log, as one text: C2SP tlog-proof, version 1.

`extra` holds the entry itself, so that nothing else is needed to compute the leaf's hash.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Self

from tallying.evidence import merkle, notes
from tallying.evidence.checkpoint import Checkpoint

MAGIC = "c2sp.org/tlog-proof@v1"
INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
EXTRA = "extra "
HASH_BYTES = 32
MOST_HASHES = 63
MOST_BYTES = 1_000_000


class InvalidProof(ValueError):
    """A text that is no proof, or proves nothing; the message says why."""


@dataclass(frozen=True)
class Proof:
    """An entry, its place, the hashes from the leaf up, and the signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def text(self) -> str:
        """The proof as it is written."""
        lines = [
            MAGIC,
            *([] if self.extra is None else [EXTRA + notes.encode(self.extra)]),
            f"index {self.index}",
            *(notes.encode(found) for found in self.hashes),
        ]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read a proof; raises `InvalidProof`. Nothing is verified."""
        head, separator, checkpoint = content.partition(b"\n\n")
        if len(content) > MOST_BYTES or not separator:
            message = "The proof has no checkpoint below a blank line."
            raise InvalidProof(message)
        magic, *lines = head.decode(errors="replace").split("\n")
        if magic != MAGIC:
            message = f"A proof begins with the line {MAGIC}."
            raise InvalidProof(message)
        extra = None
        if lines and lines[0].startswith(EXTRA):
            extra = _decode(lines.pop(0).removeprefix(EXTRA), "The extra line")
        index = INDEX.fullmatch(lines[0]) if lines else None
        if index is None:
            message = "The proof has no line `index NUMBER`."
            raise InvalidProof(message)
        hashes = tuple(_decode(line, "A hash of the proof") for line in lines[1:])
        if len(hashes) > MOST_HASHES or any(len(found) != HASH_BYTES for found in hashes):
            message = f"The proof holds something else than at most {MOST_HASHES} hashes."
            raise InvalidProof(message)
        return cls(int(index[1]), hashes, checkpoint, extra)

    def leads_to(self, leaf: bytes, checkpoint: Checkpoint) -> bool:
        """Whether the hashes lead from the leaf's hash to the root of `checkpoint`."""
        return merkle.verify_inclusion(
            leaf, self.index, checkpoint.size, self.hashes, checkpoint.root
        )


def _decode(text: str, what: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        content = b""
    if notes.encode(content) != text:
        message = f"{what} is not base64."
        raise InvalidProof(message)
    return content
