"""Asking a witness to cosign, over HTTP: no redirects, no proxies, a limit to time and to size."""

import http.client
import re
import ssl
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tallying.evidence import notes
from tallying.evidence.cosignature import WitnessKey

PATIENCE_SECONDS = 5.0
MOST_BYTES = 100_000
SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")
ADDRESS = re.compile(r"[!-~]{1,500}")


class InvalidAddress(ValueError):
    """An address that no witness can have; the message says why."""


class NoCosignature(Exception):
    """The witness is away, or did not sign; the message says which."""


@dataclass(frozen=True)
class Conflict:
    """The witness has cosigned another size last: a proof from there is needed."""

    size: int


@dataclass(frozen=True)
class Address:
    """Where a witness answers: its submission prefix, taken apart."""

    secure: bool
    host: str
    port: int | None
    path: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read `http://…` or `https://…`; raises `InvalidAddress`."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            message = "This is not an address."
            raise InvalidAddress(message) from error
        if parts.scheme not in ("http", "https") or not host or not ADDRESS.fullmatch(text):
            message = "An address of a witness begins with https:// or http:// and names a host."
            raise InvalidAddress(message)
        if "@" in parts.netloc or "?" in text or "#" in text or port == 0:
            message = "An address of a witness has neither a user, nor a question, nor a fragment."
            raise InvalidAddress(message)
        return cls(parts.scheme == "https", host, port, parts.path.rstrip("/"))

    def connect(self, patience: float) -> http.client.HTTPConnection:
        """A connection that is opened by its first request."""
        if not self.secure:
            return http.client.HTTPConnection(self.host, self.port, timeout=patience)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(self.host, self.port, timeout=patience, context=context)


@dataclass(frozen=True)
class Question:
    """A checkpoint to be cosigned, and the proof from what the witness cosigned last."""

    address: Address
    key: WitnessKey
    note: bytes
    old: int
    proof: Sequence[bytes]

    def body(self) -> bytes:
        """The body of `add-checkpoint`."""
        lines = [f"old {self.old}", *(notes.encode(found) for found in self.proof), "", ""]
        return "\n".join(lines).encode() + self.note


def ask(question: Question, patience: float = PATIENCE_SECONDS) -> bytes | Conflict:
    """The witness's signature of the note, time included, or what it knows instead.

    Raises `NoCosignature`. Takes no longer than `patience` seconds, whatever the witness does.
    """
    status, content = _post(question, patience)
    if status == 409:
        size = SIZE.fullmatch(content)
        if size is None:
            message = "The witness answered 409 without a size."
            raise NoCosignature(message)
        return Conflict(int(size[1]))
    if status != 200:
        message = f"The witness answered {status}: {content[:200].strip()!r}."
        raise NoCosignature(message)
    return _signature(question, content)


def _signature(question: Question, lines: str) -> bytes:
    text = notes.text_of(question.note)
    try:
        note = notes.open_note(f"{text}\n{lines}".encode(), [question.key])
    except notes.InvalidNote as error:
        message = f"The witness did not sign: {error}"
        raise NoCosignature(message) from error
    return note.signatures[question.key]


def _post(question: Question, patience: float) -> tuple[int, str]:
    """Status and content. The timer ends what trickles: a timeout is for each read alone."""
    connection = question.address.connect(patience)
    timer = threading.Timer(patience, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        with closing(connection):
            connection.request("POST", f"{question.address.path}/add-checkpoint", question.body())
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES).decode()
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"The witness is away ({type(error).__name__}: {str(error)[:200]})."
        raise NoCosignature(message) from error
    finally:
        timer.cancel()


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(2)
