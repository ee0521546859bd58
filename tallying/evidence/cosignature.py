"""A witness's cosignature of a checkpoint: C2SP tlog-cosignature, version 1, with Ed25519.

A signature is eight bytes of POSIX time, big-endian, and Ed25519 over two lines
(`cosignature/v1`, `time SECONDS`) and the whole text of the checkpoint. The type of the key is
0x04, so that nobody takes a witness for a log.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

from tallying.evidence import notes

TIME_BYTES = 8
LATEST = 2**63 - 1


@dataclass(frozen=True)
class WitnessKey(notes.Verifier):
    """The public key of a witness."""

    KIND: ClassVar[bytes] = b"\x04"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether `signature`, with its time, is this witness's of the checkpoint `text`."""
        moment = signed_at(signature)
        if not 0 < moment <= LATEST:
            return False
        return super().accepts(_message(text, moment), signature[TIME_BYTES:])


class Witness(notes.Signer):
    """The private key of a witness."""

    VERIFIER: ClassVar[type[notes.Verifier]] = WitnessKey

    def sign(self, text: str) -> bytes:
        """The time and the signature over the checkpoint `text`, as of now."""
        return self.sign_at(text, int(time.time()))

    def sign_at(self, text: str, moment: int) -> bytes:
        """The same at `moment`, in seconds since 1970."""
        return moment.to_bytes(TIME_BYTES) + super().sign(_message(text, moment))


def signed_at(signature: bytes) -> int:
    """When a cosignature says that it was made, in seconds since 1970."""
    return int.from_bytes(signature[:TIME_BYTES])


def _message(text: str, moment: int) -> str:
    return f"cosignature/v1\ntime {moment}\n{text}"
