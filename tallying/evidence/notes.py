"""Signed notes: a text and Ed25519 signatures below it, as C2SP signed-note defines them.

A signing key reads `PRIVATE+KEY+<name>+<hash>+<base64(type ‖ seed)>`, a verifier key
`<name>+<hash>+<base64(type ‖ public key)>`; the hash is the first four bytes of
SHA-256(name ‖ 0x0a ‖ type ‖ public key). The type is 0x01 for signatures over the note's text;
`cosignature.py` adds the witnesses' 0x04.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
PRIVATE = "PRIVATE+KEY+"
NAME = re.compile(r"[^\s+]+")
SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
KEY_HASH_BYTES = 4
ED25519_BYTES = 32


class InvalidNote(ValueError):
    """A key or a note that cannot be read or trusted; the message says why."""


class NotSigned(InvalidNote):
    """A well-formed note that none of the keys asked for has signed."""


@dataclass(frozen=True)
class Verifier:
    """A named public key; `KIND` is the type of its signatures."""

    KIND: ClassVar[bytes] = ED25519

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; raises `InvalidNote`."""
        name, _, rest = text.strip().partition("+")
        key_hash, _, encoded = rest.partition("+")
        content = decode(encoded)
        if not NAME.fullmatch(name) or not _is_key(content, cls.KIND):
            message = (
                f"A verifier key reads NAME+HASH+KEY, with an Ed25519 key of type {cls.KIND[0]}."
            )
            raise InvalidNote(message)
        verifier = cls(name, content[1:])
        if verifier.key_hash.hex() != key_hash:
            message = f"The verifier key of {name} is damaged: its hash does not fit."
            raise InvalidNote(message)
        return verifier

    @cached_property
    def key_hash(self) -> bytes:
        """The four bytes that name this key in a signature."""
        named = self.name.encode() + b"\n" + self.KIND + self.public
        return sha256(named).digest()[:KEY_HASH_BYTES]

    @property
    def text(self) -> str:
        """The verifier key as it is written."""
        return f"{self.name}+{self.key_hash.hex()}+{encode(self.KIND + self.public)}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether `signature` over `text` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """A named private key; raises `InvalidNote` when `text` is none."""

    VERIFIER: ClassVar[type[Verifier]] = Verifier

    def __init__(self, text: str) -> None:
        text = text.strip()
        name, _, rest = text.removeprefix(PRIVATE).partition("+")
        key_hash, _, encoded = rest.partition("+")
        seed, kind = decode(encoded), self.VERIFIER.KIND
        if not text.startswith(PRIVATE) or not NAME.fullmatch(name) or not _is_key(seed, kind):
            message = "This is not a signing key: it reads PRIVATE+KEY+NAME+HASH+KEY."
            raise InvalidNote(message)
        self._key = Ed25519PrivateKey.from_private_bytes(seed[1:])
        self.verifier = self.VERIFIER(name, self._key.public_key().public_bytes_raw())
        if self.verifier.key_hash.hex() != key_hash:
            message = f"The signing key of {name} is damaged: its hash does not fit."
            raise InvalidNote(message)

    @property
    def name(self) -> str:
        """Who signs."""
        return self.verifier.name

    @property
    def verifier_key(self) -> str:
        """The public half, as it is written."""
        return self.verifier.text

    def sign(self, text: str) -> bytes:
        """The raw signature over `text`."""
        return self._key.sign(text.encode())


@dataclass(frozen=True)
class Note:
    """A text, the signatures of those asked for, and how many others it carries."""

    text: str
    signatures: Mapping[Verifier, bytes]
    unknown: int

    @property
    def verified(self) -> tuple[Verifier, ...]:
        """Who signed, of those asked for."""
        return tuple(self.signatures)


def generate_key(name: str, kind: type[Verifier] = Verifier) -> tuple[str, str]:
    """A new signing key and its verifier key; raises `InvalidNote` for a name with a space or +."""
    if not NAME.fullmatch(name):
        message = "A key's name has neither spaces nor +, as court-of-audit.example/2027 has."
        raise InvalidNote(message)
    key = Ed25519PrivateKey.generate()
    verifier = kind(name, key.public_key().public_bytes_raw())
    seed = encode(kind.KIND + key.private_bytes_raw())
    return f"{PRIVATE}{name}+{verifier.key_hash.hex()}+{seed}", verifier.text


def sign(text: str, *signers: Signer) -> bytes:
    """The note of `text`, which ends in a newline, with one signature line for each signer."""
    if not text.endswith("\n") or CONTROL.search(text):
        message = "The text of a note ends in a newline and holds no other control character."
        raise InvalidNote(message)
    lines = (signature_line(signer.verifier, signer.sign(text)) for signer in signers)
    return (text + "\n" + "".join(lines)).encode()


def signature_line(verifier: Verifier, signature: bytes) -> str:
    """One line below a note, with its newline."""
    return f"— {verifier.name} {encode(verifier.key_hash + signature)}\n"


def open_note(content: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Read a note and check the signatures of `verifiers`.

    Raises `InvalidNote` when it is malformed, when a signature that names one of the keys is
    wrong, or when none of `verifiers` signed it.
    """
    text, lines = _split(content)
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    verified: dict[Verifier, bytes] = {}
    unknown = 0
    for line in lines:
        name, key_hash, signature = _signature(line)
        verifier = known.get((name, key_hash))
        if verifier is None:
            unknown += 1
        elif not verifier.accepts(text, signature):
            message = f"The signature of {name} does not fit the text."
            raise InvalidNote(message)
        else:
            verified[verifier] = signature
    if not verified:
        names = ", ".join(sorted({name for name, _ in known})) or "anybody known"
        message = f"It is not signed by {names}."
        raise NotSigned(message)
    return Note(text, verified, unknown)


def text_of(content: bytes) -> str:
    """The text of a note, its signatures unchecked; raises `InvalidNote`."""
    return _split(content)[0]


def signatures_of(content: bytes) -> dict[str, str]:
    """The signature lines of a note by the signer's name, unchecked; raises `InvalidNote`."""
    return {_signature(line)[0]: line for line in _split(content)[1]}


def _split(content: bytes) -> tuple[str, list[str]]:
    if len(content) > MOST_BYTES:
        message = "The note is too large."
        raise InvalidNote(message)
    try:
        whole = content.decode()
    except UnicodeDecodeError as error:
        message = "The note is not UTF-8."
        raise InvalidNote(message) from error
    if CONTROL.search(whole):
        message = "The note holds a control character."
        raise InvalidNote(message)
    text, separator, signatures = whole.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        message = "The note has no signatures below a blank line."
        raise InvalidNote(message)
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        message = f"The note has more than {MOST_SIGNATURES} signatures."
        raise InvalidNote(message)
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = SIGNATURE_LINE.fullmatch(line)
    content = decode(found["signature"]) if found else b""
    if found is None or len(content) <= KEY_HASH_BYTES:
        message = f"The note has a malformed signature line: {line[:60]!r}."
        raise InvalidNote(message)
    return found["name"], content[:KEY_HASH_BYTES], content[KEY_HASH_BYTES:]


def _is_key(content: bytes, kind: bytes) -> bool:
    return content[:1] == kind and len(content) == 1 + ED25519_BYTES


def encode(content: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(content).decode()


def decode(text: str) -> bytes:
    """The bytes of base64 in its one spelling; nothing when it is another or none."""
    try:
        content = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
    return content if encode(content) == text else b""
