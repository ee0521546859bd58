"""Votes in equal parts: numbers of votes as integers, so precise that no fraction is missed.

A weight that passes through many transfers is a fraction whose digits double with each. So votes
are counted in 2⁻ᵇ parts, rounded down, with b so large that all rounding stays below
2^-`PRECISION` of a vote; what differs by no more than that is equal. Fractions of up to a thousand
binary digits are told apart exactly.
"""

PRECISION = 2048
"""Votes that differ by no more than 2 to the minus this are equal."""


def as_text(parts: int, unit: int, decimals: int) -> str:
    """A number of votes, `unit` parts each, as a decimal text, to the nearest of the decimals."""
    shown = 10**decimals
    whole, rest = divmod((2 * parts * shown + unit) // (2 * unit), shown)
    return f"{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".")
