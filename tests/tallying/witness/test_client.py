"""Asking a witness that may be anybody: no redirect, no endless answer, no signature of another."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tallying.evidence.cosignature import Witness, WitnessKey
from tallying.evidence.notes import signature_line, text_of
from tallying.witness.client import (
    Address,
    Conflict,
    InvalidAddress,
    NoCosignature,
    Question,
    ask,
)
from tests.tallying.witness.served import free_port, new_witness, numbered, serving

LOG = numbered(20)
WITNESS = new_witness()


def question(port: int, *, old: int = 0, witness: Witness = WITNESS, path: str = "/") -> Question:
    key = witness.verifier
    assert isinstance(key, WitnessKey)
    address = Address.parse(f"http://127.0.0.1:{port}{path}")
    return Question(address, key, LOG.checkpoint(20), old, LOG.proof(old, 20))


@contextmanager
def saying(*parts: bytes, pause: float = 0.0) -> Iterator[tuple[int, list[bytes]]]:
    """A port that answers every request with these bytes, and what it was asked."""
    asked: list[bytes] = []
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while not stop.is_set():
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        asked.append(connection.recv(65_536))
                        for part in parts:
                            connection.sendall(part)
                            stop.wait(pause)

        thread = threading.Thread(target=serve)
        thread.start()
        port = listening.getsockname()[1]
        yield port, asked
        stop.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            pass
        thread.join()


def answer(status: str, content: bytes, *headers: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers))
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def line(witness: Witness, text: str | None = None) -> bytes:
    text = text_of(LOG.checkpoint(20)) if text is None else text
    return signature_line(witness.verifier, witness.sign(text)).encode()


def test_a_witness_that_signs_is_heard(tmp_path: Path) -> None:
    with serving(tmp_path, LOG.key, witness=WITNESS) as served:
        signature = ask(question(served.port))
        assert isinstance(signature, bytes)
        assert WITNESS.verifier.accepts(text_of(LOG.checkpoint(20)), signature)
        assert ask(question(served.port, old=7)) == Conflict(20)


def test_the_submission_prefix_is_kept() -> None:
    with saying(answer("200 OK", line(WITNESS))) as (port, asked):
        ask(question(port, path="/witness/one/"))
    assert asked[0].startswith(b"POST /witness/one/add-checkpoint HTTP/1.1\r\n")


REFUSED: dict[str, bytes] = {
    "a redirect": answer("302 Found", b"", "Location: http://127.0.0.1:9/"),
    "an error": answer("500 Oh", b"no"),
    "a signature of another": answer("200 OK", line(new_witness())),
    "a signature of another text": answer("200 OK", line(WITNESS, "log\n1\nAAAA\n")),
    "no signature": answer("200 OK", b""),
    "half a line": answer("200 OK", line(WITNESS)[:-1]),
    "no UTF-8": answer("200 OK", b"\xff\xfe\n"),
    "a conflict without a size": answer("409 Conflict", b"many"),
    "a conflict with a size and more": answer("409 Conflict", b"5\n5\n"),
    "no HTTP": b"220 mail.example.org ESMTP\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_cosignature_is_refused(what: str) -> None:
    with saying(REFUSED[what]) as (port, asked), pytest.raises(NoCosignature):
        ask(question(port), patience=2.0)
    assert len([body for body in asked if body]) == 1


def test_signatures_of_others_beside_the_right_one_are_ignored() -> None:
    lines = line(new_witness("other.example.org/w")) + line(WITNESS)
    with saying(answer("200 OK", lines)) as (port, _):
        assert isinstance(ask(question(port)), bytes)


ENDLESS: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "a trickle of headers": lambda: (b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 90),
    "a trickle of content": lambda: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n",
        *[b"x"] * 100,
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_answer_that_trickles_is_cut(what: str) -> None:
    started = time.monotonic()
    with saying(*ENDLESS[what](), pause=0.1) as (port, _), pytest.raises(NoCosignature):
        ask(question(port), patience=0.5)
    assert time.monotonic() - started < 5


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(NoCosignature, match="away"):
        ask(question(free_port()))


@pytest.mark.parametrize(
    "text",
    [
        *("", "witness.example.org", "//witness.example.org", "ftp://example.org", "file:///x"),
        *("https://", "https:///path", "https://u@example.org", "https://example.org?x"),
        *("https://example.org#x", "https://example.org:0", "https://example.org:x"),
        *("https://exa mple.org", "https://example.org/\n", "https://[::1", "http://é.example"),
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_is_no_address_of_a_witness_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        Address.parse(text)


def test_addresses_are_taken_apart() -> None:
    assert Address.parse("https://w.example.org/one/") == Address(
        True, "w.example.org", None, "/one"
    )
    assert Address.parse("http://[::1]:7380") == Address(False, "::1", 7380, "")
