"""Whole numbers in JSON: beyond 2⁵³ − 1 some readers lose digits, so those are written as text."""

from tallying.election import LARGEST_AMOUNT


def written(number: int) -> int | str:
    """The number as a value of canonical JSON (RFC 8785): itself, or its decimal digits."""
    return number if abs(number) <= LARGEST_AMOUNT else str(number)
