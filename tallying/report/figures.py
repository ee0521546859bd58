"""How the report writes shares and averages, by language."""

from fractions import Fraction

from tallying.wording.formatter import SEPARATORS

SPACED = frozenset({"es", "fr"})
"""Languages that put a space before the percent sign."""


def decimal(value: Fraction, language: str, digits: int = 1) -> str:
    """A fraction with so many decimals, rounded half up."""
    scaled = (value * 10**digits * 2 + 1) // 2
    whole, rest = divmod(int(scaled), 10**digits)
    return f"{whole}{SEPARATORS[language][1]}{rest:0{digits}d}" if digits else str(whole)


def percent(value: Fraction, language: str, digits: int = 1) -> str:
    """“91.3%”, “91,3 %”; a share that is neither nothing nor all never reads so."""
    shown = value
    if 0 < value < 1:
        shown = min(max(value, Fraction(1, 1000)), Fraction(999, 1000))
    text = decimal(shown * 100, language, 0 if shown in (0, 1) else digits)
    return f"{text}\N{NO-BREAK SPACE}%" if language in SPACED else f"{text}%"
