"""A log to be witnessed, and a witness that answers on loopback."""

import base64
import http.client
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.cosignature import Witness, WitnessKey
from tallying.evidence.notes import Signer, Verifier, generate_key
from tallying.witness.cosigner import Cosigner
from tallying.witness.records import Records
from tallying.witness.server import WitnessServer

ORIGIN = "vote.example.org/example/budget-2027"


@dataclass
class GrowingLog:
    """A log that may also lie; every entry is one text."""

    origin: str = ORIGIN
    entries: list[str] = field(default_factory=list)
    signer: Signer | None = None

    def __post_init__(self) -> None:
        self.signer = self.signer or Signer(generate_key(self.origin)[0])

    @property
    def key(self) -> Verifier:
        assert self.signer is not None
        return self.signer.verifier

    @property
    def leaves(self) -> list[bytes]:
        return [merkle.leaf_hash(entry.encode()) for entry in self.entries]

    def checkpoint(self, size: int) -> bytes:
        """The signed checkpoint of the first `size` entries."""
        assert self.signer is not None
        return Checkpoint(self.origin, size, merkle.root(self.leaves[:size])).sign(self.signer)

    def proof(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(old, new, merkle.nodes_of(self.leaves))

    def request(self, old: int, new: int) -> bytes:
        """What an honest log sends."""
        return body(old, self.proof(old, new), self.checkpoint(new))

    def fork(self, place: int) -> "GrowingLog":
        """The same log with another entry at `place`, signed by the same key."""
        entries = [f"{entry}!" if n == place else entry for n, entry in enumerate(self.entries)]
        return GrowingLog(self.origin, entries, self.signer)


def numbered(size: int, origin: str = ORIGIN) -> GrowingLog:
    """A log of so many entries, with a key of its own."""
    return GrowingLog(origin, [f"entry {number}" for number in range(size)])


def body(old: int | str, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of `add-checkpoint`."""
    lines = [f"old {old}", *(base64.b64encode(found).decode() for found in proof)]
    return "\n".join(lines).encode() + b"\n\n" + note


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    content_type: str


@dataclass(frozen=True)
class Served:
    """A witness at a port."""

    witness: Witness
    port: int

    @property
    def key(self) -> WitnessKey:
        found = self.witness.verifier
        assert isinstance(found, WitnessKey)
        return found

    def send(self, content: bytes | None, path: str = "/add-checkpoint") -> Answer:
        """POST the content, or GET when there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET" if content is None else "POST", path, content)
        found = connection.getresponse()
        answer = Answer(found.status, found.read().decode(), found.headers["Content-Type"])
        connection.close()
        return answer


def new_witness(name: str = "witness.example.org/w1") -> Witness:
    return Witness(generate_key(name, WitnessKey)[0])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(
    folder: Path, *keys: Verifier, witness: Witness | None = None, port: int = 0
) -> Iterator[Served]:
    """A witness of these logs, until the end of the block."""
    witness = witness or new_witness()
    with (
        Records(folder, witness) as records,
        WitnessServer(Cosigner(witness, keys, records), "127.0.0.1", port) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(witness, server.server_port)
        finally:
            server.shutdown()
            thread.join()
