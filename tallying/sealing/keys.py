"""The key of a layer, whose private half a body keeps offline.

The private half is the 32-byte seed of X-Wing (draft-connolly-cfrg-xwing-kem, section 5.2), which
other programs read too; it is written as `PB-LAYER-KEY1 …` with a checksum.
"""

import secrets
from hashlib import sha256, shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from tallying.errors import InvalidLayerKey, Undecryptable
from tallying.evidence.canonical import NotCanonical, b64u, unb64u
from tallying.sealing import bech32
from tallying.sealing.seal import HPKE, seal_layer

PREFIX = "pb-layer-key"
SEED_BYTES = 32
MLKEM_SEED_BYTES = 64
KEY_ID_BYTES = 8


class LayerKey:
    """A private key, made of its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        expanded = shake_256(seed).digest(MLKEM_SEED_BYTES + 32)
        lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_BYTES])
        curve = X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_BYTES:])
        self.seed = seed
        self.public = (
            lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        )
        self._key = MLKEM768X25519PrivateKey(lattice, curve)

    def __repr__(self) -> str:
        """Without the seed: a traceback or a log must not hold it."""
        return f"<LayerKey {fingerprint(self.public)}>"

    def open(self, info: bytes, content: bytes) -> bytes:
        """What was sealed to this key with the same `info`; raises `Undecryptable`."""
        try:
            return HPKE.decrypt(content, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise Undecryptable("It does not open with this key.") from error

    @property
    def text(self) -> str:
        """The private key as it is written."""
        return bech32.write(PREFIX, self.seed)


def generate() -> tuple[str, str]:
    """A new private key as it is written, and its public key in base64url."""
    key = LayerKey(secrets.token_bytes(SEED_BYTES))
    return key.text, b64u(key.public)


def read_private(text: str) -> LayerKey:
    """The key that `text` writes; raises `InvalidLayerKey`."""
    try:
        return LayerKey(bech32.read(PREFIX, text, SEED_BYTES))
    except InvalidLayerKey as error:
        raise InvalidLayerKey(f"This is not the private key of a layer. {error}") from error


def read_public(text: str) -> bytes:
    """The public key that base64url `text` writes; raises `InvalidLayerKey`."""
    try:
        content = unb64u(text.strip())
    except NotCanonical as error:
        raise InvalidLayerKey(f"This is not the public key of a layer. {error}") from error
    check_public(content)
    return content


def check_public(content: bytes) -> None:
    """Raises `InvalidLayerKey` unless something can be sealed to this key.

    The key is tried once: a point of X25519 with which nothing can be sealed is refused here and
    not when the first ballot comes.
    """
    try:
        seal_layer(content, b"", b"")
    except (ValueError, InvalidLayerKey) as error:
        raise InvalidLayerKey(f"This is not the public key of a layer. {error}") from error


def key_id(public: bytes) -> bytes:
    """The first 8 bytes of SHA-256 of a public key, by which shares name it."""
    return sha256(public).digest()[:KEY_ID_BYTES]


def fingerprint(public: bytes) -> str:
    """The key id for people to compare: `3f9a 12bc 77aa 90de`."""
    return key_id(public).hex(" ", 2)
