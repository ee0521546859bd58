"""Bech32m (BIP-350): bytes as letters and digits that somebody types from paper.

The checksum finds every spelling with up to four wrong characters. Texts are written in capitals
and groups of four; spaces, line ends and small letters do not matter to the reader.
"""

from collections.abc import Iterable

from tallying.errors import InvalidLayerKey

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CONSTANT = 0x2BC830A3
CHECK_CHARACTERS = 6
GROUP = 4
REMARK = "#"


def write(prefix: str, content: bytes) -> str:
    """`content` as `PREFIX1…`, the rest in groups of four."""
    values = _regroup(content, 8, 5)
    check = _polymod(_checked(prefix, [*values, *([0] * CHECK_CHARACTERS)])) ^ CONSTANT
    values += [check >> 5 * (CHECK_CHARACTERS - 1 - place) & 31 for place in range(6)]
    letters = "".join(ALPHABET[value] for value in values)
    groups = (letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
    return " ".join([f"{prefix}1", *groups]).upper()


def read(prefix: str, text: str, size: int) -> bytes:
    """The `size` bytes that `text` writes; lines that begin with # are remarks.

    Raises `InvalidLayerKey`, and names the group of four in which one character is wrong.
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(REMARK))
    found, written = "".join("".join(lines).split()).lower(), f"{prefix}1"
    if not found.startswith(written):
        raise InvalidLayerKey(f"It does not begin with {written.upper()}.")
    letters = found.removeprefix(written)
    expected = -(-size * 8 // 5) + CHECK_CHARACTERS
    if len(letters) != expected:
        raise InvalidLayerKey(
            f"It has {len(letters)} characters after {written.upper()}; there are {expected}."
        )
    values = [ALPHABET.find(letter) for letter in letters]
    if -1 in values:
        raise InvalidLayerKey(f"{_group(values.index(-1))} holds a character that none has.")
    if _polymod(_checked(prefix, values)) != CONSTANT:
        raise InvalidLayerKey(f"There is a typing error{_whereabouts(prefix, values)}.")
    content = bytes(_regroup(values[:-CHECK_CHARACTERS], 5, 8))
    if _regroup(content, 8, 5) != values[:-CHECK_CHARACTERS]:
        raise InvalidLayerKey("Its last characters are not those of a key.")
    return content


def _whereabouts(prefix: str, values: list[int]) -> str:
    """Where one other character would make the text right, if there is one such place."""
    for place, value in enumerate(values):
        for other in range(len(ALPHABET)):
            values[place] = other
            if _polymod(_checked(prefix, values)) == CONSTANT:
                return f", most likely in {_group(place).lower()}"
        values[place] = value
    return ""


def _group(place: int) -> str:
    return f"Group {place // GROUP + 1} of four characters"


def _checked(prefix: str, values: Iterable[int]) -> list[int]:
    codes = prefix.encode()
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes), *values]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(GENERATOR):
            if top >> bit & 1:
                check ^= generator
    return check


def _regroup(values: Iterable[int], from_bits: int, to_bits: int) -> list[int]:
    """Numbers of `from_bits` bits as numbers of `to_bits` bits.

    Bits that fill up the last number are zero; those left over in the other direction are dropped.
    """
    held = bits = 0
    regrouped = []
    for value in values:
        held, bits = held << from_bits | value, bits + from_bits
        while bits >= to_bits:
            bits -= to_bits
            regrouped.append(held >> bits)
            held &= (1 << bits) - 1
    if bits and to_bits < from_bits:
        regrouped.append(held << (to_bits - bits))
    return regrouped
