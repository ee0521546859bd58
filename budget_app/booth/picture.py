"""The QR code of a receipt's address, as SVG, at a small part of what drawing one anew costs.

With the length, the mask and the level of correction fixed, every module of a QR code is an XOR of
bits of its text (ISO/IEC 18004: Reed-Solomon codes are linear, and a mask is added). So the code
of an address is that of the address with a blank receipt code, XOR what each letter changes.
"""

from functools import lru_cache
from itertools import groupby

import segno

BORDER = 2
"""Quiet modules around; the page adds white."""
LEVEL = "m"
MASK = 0
"""Every mask is as readable; trying them all out takes longer than the rest of a cast."""
BLANK = "0"


def picture(start: str, code: str) -> str:
    """The QR code of `start + code` as an SVG without size; both in ASCII, `start` with a small
    letter: so that every letter takes eight bits."""
    size, modules = _modules(start + BLANK * len(code))
    for position, letter in enumerate(code):
        modules ^= _letter(start, len(code), position, letter)
    path = _path(modules.to_bytes(size * _row_bytes(size)), size)
    side = size + 2 * BORDER
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path stroke="#000" d="{path}"/></svg>'
    )


@lru_cache(maxsize=8192)
def _letter(start: str, length: int, position: int, letter: str) -> int:
    """Which modules turn when one letter takes the place of a blank one: an XOR of its bits."""
    bits, turned = ord(letter) ^ ord(BLANK), 0
    for number in range(bits.bit_length()):
        if bits >> number & 1:
            turned ^= _change(start, length, position, 1 << number)
    return turned


@lru_cache(maxsize=2048)
def _change(start: str, length: int, position: int, bit: int) -> int:
    """Which modules turn when one bit of a blank letter does."""
    blank = BLANK * length
    changed = blank[:position] + chr(ord(BLANK) ^ bit) + blank[position + 1 :]
    return _modules(start + blank)[1] ^ _modules(start + changed)[1]


@lru_cache(maxsize=256)
def _modules(text: str) -> tuple[int, int]:
    """The modules along a side, and all of them as one number: rows of whole bytes, dark is 1."""
    rows = [bytes(row) for row in segno.make(text, error=LEVEL, mask=MASK, mode="byte").matrix]
    width = 8 * _row_bytes(len(rows))
    bits = "".join("".join(map(str, row)).ljust(width, "0") for row in rows)
    return len(rows), int(bits, 2)


def _row_bytes(size: int) -> int:
    return -(-size // 8)


def _path(modules: bytes, size: int) -> str:
    """Lines of one module's width: eight modules at a time."""
    width = _row_bytes(size)
    rows = (modules[start : start + width] for start in range(0, len(modules), width))
    return "".join(
        f"M{BORDER} {BORDER + number}.5" + "".join([_LINES[eight] for eight in row])
        for number, row in enumerate(rows)
    )


def _lines(eight: int) -> str:
    """Right by eight modules, drawing where they are dark."""
    runs = (
        len(list(run)) if dark == "1" else -len(list(run)) for dark, run in groupby(f"{eight:08b}")
    )
    return "".join(f"h{run}" if run > 0 else f"m{-run} 0" for run in runs)


_LINES = tuple(_lines(eight) for eight in range(256))
