"""Amounts of money as files write them, exact."""

import re
from fractions import Fraction

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,([0-9]{1,2}|[0-9]{4,})")
_GROUPED = re.compile(r"[0-9]{1,3}([, \u00a0\u202f][0-9]{3})+(\.[0-9]+)?")
_LONGEST = 100
_SEPARATORS = re.compile(r"[, \u00a0\u202f]")


def parse_amount(text: str) -> Fraction:
    """The amount that a text states; raises `ValueError`.

    A comma before one or two digits, or before four and more, stands for the decimal point; before
    groups of exactly three digits it groups thousands, since no amount has three decimals.
    """
    _refuse_endless(text)
    if _PLAIN.fullmatch(text):
        return Fraction(text)
    if _DECIMAL_COMMA.fullmatch(text):
        return Fraction(text.replace(",", "."))
    if _GROUPED.fullmatch(text):
        return Fraction(_SEPARATORS.sub("", text))
    raise ValueError(f"{text!r} is no amount of money")


def parse_whole(text: str) -> int:
    """The whole number ≥ 0 that a text states, with or without zero decimals; raises `ValueError`."""
    _refuse_endless(text)
    number = Fraction(text) if _PLAIN.fullmatch(text) else None
    if number is None or number.denominator != 1:
        raise ValueError(f"{text!r} is no whole number")
    return int(number)


def _refuse_endless(text: str) -> None:
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:20]!r}… is {len(text)} characters long, which no number here is")


def decimals(amounts: list[Fraction], most: int = 9) -> int:
    """The fewest decimals that write all amounts exactly; raises `ValueError` above `most`."""
    for digits in range(most + 1):
        if all((amount * 10**digits).denominator == 1 for amount in amounts):
            return digits
    raise ValueError(f"an amount has more than {most} decimals")


def write_amount(minor_units: int, digits: int) -> str:
    """Minor units as a decimal number of major units, without needless decimals."""
    whole, rest = divmod(minor_units, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)
