"""How numbers and amounts are written inside sentences."""

from dataclasses import dataclass
from typing import Protocol

NARROW = "\N{NARROW NO-BREAK SPACE}"
SEPARATORS = {"en": (",", "."), "es": (".", ","), "fr": (NARROW, ","), "pt": (".", ",")}
"""Language → what groups thousands, and the decimal mark, as the pages have them."""


class Formatter(Protocol):
    """Writes whole numbers, and amounts in minor units, for the reader of one language."""

    def number(self, value: int) -> str: ...

    def money(self, minor: int) -> str: ...


@dataclass(frozen=True)
class PlainFormatter:
    """For terminals: the currency is written as its code, decimals only where there are any."""

    language: str
    currency: str = ""
    minor_digits: int = 2

    def number(self, value: int) -> str:
        """“61,668”, “61.668”, “61 668”."""
        return f"{value:,}".replace(",", SEPARATORS[self.language][0])

    def money(self, minor: int) -> str:
        """“96,000 EUR”, “1.234,50 EUR”; exact."""
        whole, rest = divmod(abs(minor), 10**self.minor_digits)
        mark = SEPARATORS[self.language][1]
        decimals = f"{mark}{rest:0{self.minor_digits}d}" if rest else ""
        sign = "-" if minor < 0 else ""
        amount = f"{sign}{self.number(whole)}{decimals}"
        return f"{amount}\N{NO-BREAK SPACE}{self.currency}" if self.currency else amount
