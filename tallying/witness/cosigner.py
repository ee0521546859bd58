"""What a witness does with a request: C2SP tlog-witness, `add-checkpoint`."""

import base64
import binascii
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.cosignature import Witness
from tallying.evidence.notes import InvalidNote, Verifier, open_note, signature_line, text_of
from tallying.witness.records import Records, log_id

OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
MOST_HASHES = 63
HASH_BYTES = 32
PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


class Refused(Exception):
    """A request that gets no cosignature: what is answered instead."""

    def __init__(self, status: int, message: str, content_type: str = PLAIN) -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type


@dataclass(frozen=True)
class Request:
    """The size that the log believes to be cosigned, the proof from there, and the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the body of `add-checkpoint`; raises `Refused`."""
        head, separator, note = body.partition(b"\n\n")
        first, *lines = head.decode(errors="replace").split("\n")
        old = OLD.fullmatch(first)
        if not separator or old is None:
            raise Refused(400, "The request begins with `old SIZE`, proof lines and a blank line.")
        if len(lines) > MOST_HASHES:
            raise Refused(400, f"A proof has at most {MOST_HASHES} lines.")
        return cls(int(old[1]), tuple(_hash(line) for line in lines), note)


class Cosigner:
    """One witness and the logs that it watches. Requests are decided one after the other."""

    def __init__(self, witness: Witness, logs: Iterable[Verifier], records: Records) -> None:
        self.witness = witness
        self._records = records
        self._keys: dict[str, list[Verifier]] = defaultdict(list)
        for key in logs:
            self._keys[key.name].append(key)
        self._origins = {log_id(origin): origin for origin in self._keys}
        self._one_at_a_time = threading.Lock()

    def add_checkpoint(self, body: bytes) -> str:
        """The witness's signature line, once the checkpoint is on record; raises `Refused`."""
        request = Request.parse(body)
        checkpoint, text = self._opened(request.note)
        if request.old > checkpoint.size:
            raise Refused(400, "The old size is above the size of the checkpoint.")
        with self._one_at_a_time:
            self._check(request, checkpoint)
            line = signature_line(self.witness.verifier, self.witness.sign(text))
            trusted = self._trusted_lines(request.note, checkpoint.origin)
            self._records.keep(checkpoint.origin, f"{text}\n{trusted}{line}".encode())
            return line

    def newest(self, name: str) -> bytes | None:
        """The note cosigned last of the log of that id (`records.log_id`), if any."""
        origin = self._origins.get(name)
        return None if origin is None else self._records.newest(origin)

    def _opened(self, note: bytes) -> tuple[Checkpoint, str]:
        """The checkpoint and its whole text, signed by a key of its origin; raises `Refused`."""
        try:
            text = text_of(note)
            checkpoint = _checkpoint(text)
        except InvalidNote as error:
            raise Refused(400, str(error)) from error
        keys = self._keys.get(checkpoint.origin)
        if keys is None:
            raise Refused(404, "This witness does not know the log of that origin.")
        try:
            open_note(note, keys)
        except InvalidNote as error:
            raise Refused(403, str(error)) from error
        return checkpoint, text

    def _check(self, request: Request, new: Checkpoint) -> None:
        """Raise `Refused` unless `new` extends what was cosigned last."""
        known = self._records.newest(new.origin)
        if known is None:
            size, root = 0, merkle.EMPTY
        else:
            last = _checkpoint(text_of(known))
            size, root = last.size, last.root
        if request.old != size:
            raise Refused(409, f"{size}\n", SIZE)
        if new.size == 0 and new.root != merkle.EMPTY:
            raise Refused(422, "The root of an empty log is the hash of nothing.")
        if not merkle.verify_consistency(size, new.size, root, new.root, request.proof):
            raise Refused(422, f"The proof does not lead from the {size} entries cosigned before.")

    def _trusted_lines(self, note: bytes, origin: str) -> str:
        """The log's own signatures; what others have signed is not repeated."""
        opened = open_note(note, self._keys[origin])
        return "".join(signature_line(key, found) for key, found in opened.signatures.items())


def _checkpoint(text: str) -> Checkpoint:
    """The first three lines; further ones may follow, and are signed with them."""
    lines = text.split("\n")
    if "" in lines[3:-1]:
        message = "A checkpoint has no empty line."
        raise InvalidNote(message)
    return Checkpoint.parse("\n".join(lines[:3]) + "\n")


def _hash(line: str) -> bytes:
    try:
        content = base64.b64decode(line, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused(400, "A line of the proof is not base64.") from error
    if len(content) != HASH_BYTES:
        raise Refused(400, "A line of the proof is not a hash.")
    return content
