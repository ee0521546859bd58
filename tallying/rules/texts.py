"""Exact numbers as text, of whatever length."""

from decimal import Decimal
from fractions import Fraction


def fraction_text(number: Fraction) -> str:
    """`"a/b"`; Python itself refuses to write integers of more than 4,300 digits."""
    return f"{Decimal(number.numerator):f}/{Decimal(number.denominator):f}"


def rounded_text(numerator: int, denominator: int, digits: int) -> str:
    """A number that is not negative with its first decimals, rounded down, without trailing zeros.

    For integers so long that reducing their fraction would take long.
    """
    whole, rest = divmod(numerator * 10**digits // denominator, 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
