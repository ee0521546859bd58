"""Reading a file of lines in blocks, with its digest and size on the way."""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from tallying.errors import InvalidBundle
from tallying.evidence import canonical

BLOCK_BYTES = 2**20
MOST_LINE_BYTES = 2**24
"""No line is longer: the longest is the first of a stage, which names every box."""


class Lines:
    """A file that is read once: `blocks`, then `finish`, then `digest` and `size`.

    Raises `InvalidBundle` while it is read: for a damaged file, a line that is too long, or a last
    line that does not end.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.name = name
        self.size = 0
        self._file, self._hash = file, sha256()

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, about a megabyte at a time; each block ends in a newline."""
        rest = b""
        while part := self._next():
            whole, newline, after = (rest + part).rpartition(b"\n")
            rest = after
            if len(rest) > MOST_LINE_BYTES:
                message = f"{self.name}: a line is longer than {MOST_LINE_BYTES} bytes."
                raise InvalidBundle(message)
            if newline:
                yield whole + newline
        if rest:
            message = f"{self.name}: the last line does not end."
            raise InvalidBundle(message)

    def finish(self) -> None:
        """Read what is left, so that the digest is that of the whole file."""
        while self._next():
            pass

    @property
    def digest(self) -> str:
        """SHA-256 of what was read, in base64url."""
        return canonical.b64u(self._hash.digest())

    def _next(self) -> bytes:
        try:
            part = self._file.read(BLOCK_BYTES)
        except Exception as error:  # zipfile, zlib and the system each raise their own
            message = f"The file {self.name} is damaged: {error}."
            raise InvalidBundle(message) from error
        self._hash.update(part)
        self.size += len(part)
        return part


def split(block: bytes) -> list[bytes]:
    """The lines of a block, without their ends."""
    return block[:-1].split(b"\n")
