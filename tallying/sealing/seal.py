"""Sealing a ballot in two layers (HPKE, RFC 9180, base mode), and the plain ballot inside.

The KEM is MLKEM768-X25519 (X-Wing): who records envelopes today cannot open them with a quantum
computer later. A public key is the 1,184 bytes of ML-KEM-768 and the 32 of X25519.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey
from cryptography.hazmat.primitives.hpke import Suite as HpkeSuite

from tallying.errors import BallotTooLong, InvalidBallot, InvalidLayerKey
from tallying.evidence import canonical

LAYERS = ("outer", "inner")
"""In the order in which they are opened."""

SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM"
HPKE = HpkeSuite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
LAYER_BYTES = 1136
"""What one layer adds: 1,120 bytes of encapsulated key and 16 of the tag."""

MLKEM_PUBLIC_BYTES = 1184
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + 32
NONCE_BYTES = 16
VERSION = 1


def info(round_id: str, box_id: str, layer: str) -> bytes:
    """What binds a layer to its round and box; `ValueError` for names that leave it open."""
    if layer not in LAYERS:
        raise ValueError(f"There is no layer {layer!r}.")
    if "|" in round_id or "|" in box_id:
        raise ValueError("The name of a sealed round or box holds no |.")
    return f"pb-seal/1|{round_id}|{box_id}|{layer}".encode()


def seal_layer(public_key: bytes, info: bytes, content: bytes) -> bytes:
    """`content` sealed to a body's key, `LAYER_BYTES` longer; raises `InvalidLayerKey`."""
    return HPKE.encrypt(content, _public(public_key), info)


def pad(body: bytes, size: int) -> bytes:
    """`body` with zero bytes up to `size` bytes; raises `BallotTooLong`."""
    if len(body) > size:
        raise BallotTooLong(f"The ballot has {len(body)} bytes; {size} is the most in this round.")
    return body.ljust(size, b"\0")


def seal_ballot(
    body: bytes, *, size: int, round_id: str, box_id: str, keys: Mapping[str, bytes]
) -> bytes:
    """The envelope of a plain ballot, `size + 2 * LAYER_BYTES` bytes.

    `keys` are the public keys by layer. Raises `BallotTooLong` and `InvalidLayerKey`.
    """
    content = pad(body, size)
    for layer in reversed(LAYERS):
        content = seal_layer(keys[layer], info(round_id, box_id, layer), content)
    return content


def plain_ballot(choices: Any, nonce: bytes) -> bytes:
    """The bytes that are sealed; `nonce` is 16 random bytes, which tell equal ballots apart."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"A nonce has {NONCE_BYTES} bytes.")
    return canonical.dumps({"choices": choices, "nonce": canonical.b64u(nonce), "v": VERSION})


def read_plain(body: bytes) -> tuple[Any, bytes]:
    """The choices, not checked further, and the nonce; raises `InvalidBallot`."""
    try:
        value = canonical.loads(body)
        if not isinstance(value, dict) or set(value) != {"choices", "nonce", "v"}:
            raise InvalidBallot("A plain ballot has the fields choices, nonce and v.")
        nonce = canonical.unb64u(value["nonce"])
    except canonical.NotCanonical as error:
        raise InvalidBallot(str(error)) from error
    if type(value["v"]) is not int or value["v"] != VERSION:
        raise InvalidBallot(f"A plain ballot is of version {VERSION}.")
    if len(nonce) != NONCE_BYTES:
        raise InvalidBallot(f"The nonce of a ballot has {NONCE_BYTES} bytes.")
    return value["choices"], nonce


@lru_cache(maxsize=64)
def _public(content: bytes) -> MLKEM768X25519PublicKey:
    if len(content) != PUBLIC_BYTES:
        raise InvalidLayerKey(f"A public key of a layer has {PUBLIC_BYTES} bytes.")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(content[:MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(content[MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise InvalidLayerKey("This is no public key of a layer.") from error
