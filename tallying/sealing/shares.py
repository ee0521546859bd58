"""A layer's private key in three shares, two of which give it back and one tells nothing.

Shamir's scheme over GF(256), the field of AES: share x holds s + a·x for each byte s of the seed,
with a random byte a. A share is written `PB-SHARE1 …`: its number, the id of the key, its bytes,
and a checksum.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tallying.errors import InvalidLayerKey
from tallying.sealing import bech32
from tallying.sealing.keys import KEY_ID_BYTES, SEED_BYTES, LayerKey, key_id

PREFIX = "pb-share"
NUMBERS = (1, 2, 3)
NEEDED = 2
SHARE_BYTES = 1 + KEY_ID_BYTES + SEED_BYTES
AES_POLYNOMIAL = 0x11B


@dataclass(frozen=True)
class Share:
    """Share `number` (1 to 3) of the key with this id."""

    number: int
    key: bytes
    value: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a share as it is written; raises `InvalidLayerKey`."""
        try:
            content = bech32.read(PREFIX, text, SHARE_BYTES)
        except InvalidLayerKey as error:
            raise InvalidLayerKey(f"This is not a share of a key. {error}") from error
        if content[0] not in NUMBERS:
            raise InvalidLayerKey(f"There is no share {content[0]}; they are numbered 1 to 3.")
        return cls(content[0], content[1 : 1 + KEY_ID_BYTES], content[1 + KEY_ID_BYTES :])

    @property
    def text(self) -> str:
        """The share as it is written."""
        return bech32.write(PREFIX, bytes([self.number]) + self.key + self.value)

    def __repr__(self) -> str:
        """Without its bytes: a traceback or a log must not hold them."""
        return f"<Share {self.number} of the key {self.key.hex(' ', 2)}>"


def split(key: LayerKey) -> tuple[Share, ...]:
    """Three shares of a key."""
    slope = secrets.token_bytes(SEED_BYTES)
    return tuple(
        Share(
            number,
            key_id(key.public),
            bytes(s ^ _times(a, number) for s, a in zip(key.seed, slope, strict=True)),
        )
        for number in NUMBERS
    )


def combine(shares: Sequence[Share]) -> LayerKey:
    """The key that two shares give; raises `InvalidLayerKey` unless they are two of one key."""
    if len(shares) != NEEDED:
        raise InvalidLayerKey(f"Two shares are needed; {len(shares)} were given.")
    first, second = shares
    if first.key != second.key:
        raise InvalidLayerKey(
            f"The shares are of different keys: {first.key.hex(' ', 2)} and "
            f"{second.key.hex(' ', 2)}."
        )
    if first.number == second.number:
        raise InvalidLayerKey(f"Both are share {first.number}; a different one is needed.")
    # The line through (x, y) and (u, v) meets 0 at (y·u + v·x) / (x + u), where + is ^.
    over = _inverse(first.number ^ second.number)
    key = LayerKey(
        bytes(
            _times(_times(one, second.number) ^ _times(other, first.number), over)
            for one, other in zip(first.value, second.value, strict=True)
        )
    )
    if key_id(key.public) != first.key:
        raise InvalidLayerKey("The shares do not fit together: they give another key.")
    return key


def _times(one: int, other: int) -> int:
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0x100:
            one ^= AES_POLYNOMIAL
        other >>= 1
    return product


def _inverse(value: int) -> int:
    """`value` to the power of 254, because every element to the power of 255 is 1."""
    power = 1
    for _ in range(254):
        power = _times(power, value)
    return power
