"""Acceptances: the signed promise that a ballot will be in the log, and its receipt code.

Whoever holds one that the final log does not keep can show a loss. Those that were handed in are
published in the bundle; `docs/formats/bundle.md` describes the file.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.notes import InvalidNote, Verifier, open_note, text_of

CODE_BYTES = 10
CODE_LENGTH = 16
GROUP = 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HASH_BYTES = 32
ACCEPTANCE = "pb.acceptance/1"
PROMISE = "in the log within 60 seconds"
PATH = "acceptances.jsonl"


def receipt_code(leaf_hash: bytes) -> str:
    """The first 80 bits of a leaf's hash in Crockford's base32, in four groups of four."""
    number = int.from_bytes(leaf_hash[:CODE_BYTES])
    digits = [ALPHABET[number >> (5 * place) & 31] for place in reversed(range(CODE_LENGTH))]
    text = "".join(digits)
    return "-".join(text[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def acceptance_text(round_id: str, leaf: bytes) -> str:
    """What the receipt key signs."""
    return f"{ACCEPTANCE}\n{round_id}\n{base64.b64encode(leaf).decode()}\n{PROMISE}\n"


@dataclass(frozen=True, order=True)
class Acceptance:
    """The hash of the promised leaf, and the receipt key's signature: no more is kept of one."""

    leaf: bytes
    signature: bytes

    @classmethod
    def read(cls, content: bytes, round_id: str, keys: Iterable[Verifier]) -> Self:
        """Read the signed note that a voter saved.

        Raises `InvalidNote` unless it is the acceptance of a ballot of the round, signed by a key.
        """
        note = open_note(content, keys)
        named, leaf = parse(note.text)
        if named != round_id:
            message = f"It is the acceptance of a ballot of the round {named}."
            raise InvalidNote(message)
        return cls(leaf, next(iter(note.signatures.values())))

    def is_signed(self, round_id: str, keys: Iterable[Verifier]) -> bool:
        """Whether a receipt key promised this."""
        text = acceptance_text(round_id, self.leaf)
        return any(key.accepts(text, self.signature) for key in keys)

    @property
    def code(self) -> str:
        """The receipt code of the ballot."""
        return receipt_code(self.leaf)

    def line(self) -> bytes:
        """Its line in the bundle."""
        leaf, signature = canonical.b64u(self.leaf), canonical.b64u(self.signature)
        return canonical.dumps({"leaf": leaf, "promise": PROMISE, "signature": signature})

    @classmethod
    def from_line(cls, value: Any) -> Self:
        """Read such a line; raises `InvalidBundle`."""
        try:
            leaf, signature = canonical.unb64u(value["leaf"]), canonical.unb64u(value["signature"])
            stated = value["promise"] == PROMISE and set(value) == {"leaf", "promise", "signature"}
        except (KeyError, TypeError, canonical.NotCanonical):
            stated = False
        if not stated or len(leaf) != HASH_BYTES:
            message = f"{PATH} holds something else than acceptances."
            raise InvalidBundle(message)
        return cls(leaf, signature)


def parse(text: str) -> tuple[str, bytes]:
    """Round and leaf of an acceptance's text; raises `InvalidNote`."""
    try:
        _, round_id, encoded, *_ = text.split("\n")
        leaf = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        round_id, leaf = "", b""
    if len(leaf) != HASH_BYTES or text != acceptance_text(round_id, leaf):
        message = "It is not an acceptance."
        raise InvalidNote(message)
    return round_id, leaf


def parse_note(content: bytes) -> tuple[str, bytes]:
    """Round and leaf of an acceptance whose signature is not checked; raises `InvalidNote`."""
    return parse(text_of(content))
