"""Amounts, numbers and shares, as each language writes them."""

from decimal import Decimal

from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)
from flask import g

from budget_app.languages import page_locale

MILLION = 1_000_000


def _amount(minor: int, minor_digits: int | None) -> Decimal:
    digits = g.parliament.minor_digits if minor_digits is None else minor_digits
    return Decimal(minor).scaleb(-digits)


def money(minor: int, currency: str | None = None, minor_digits: int | None = None) -> str:
    """An exact amount of minor units; cents are shown only where there are any.

    Currency and digits default to those of the page's parliament.
    """
    amount = _amount(minor, minor_digits)
    whole = amount == amount.to_integral_value()
    return format_currency(
        amount,
        currency or g.parliament.currency,
        locale=page_locale(),
        format=_whole_pattern() if whole else None,
        currency_digits=False if whole else minor_digits is None,
    )


def _whole_pattern() -> str:
    pattern: str = page_locale().currency_formats["standard"].pattern
    return pattern.replace("0.00", "0")


def money_short(minor: int, currency: str | None = None, minor_digits: int | None = None) -> str:
    """An amount rounded for reading: “€2.4 million”, “2,4 M€”; below a million it is exact."""
    amount = _amount(minor, minor_digits)
    if abs(amount) < MILLION:
        return money(minor, currency, minor_digits)
    code, locale = currency or g.parliament.currency, page_locale()
    symbol = get_currency_symbol(code, locale=locale)
    if locale.language != "en":  # the others abbreviate where English writes the word
        text = format_compact_currency(amount, code, locale=locale, fraction_digits=1)
        figures = text.removesuffix(symbol)
        runs_on = figures != text and figures[-1].isalpha() and symbol[0].isalpha()
        return f"{figures}\N{NO-BREAK SPACE}{symbol}" if runs_on else text
    words = format_compact_decimal(amount, format_type="long", locale=locale, fraction_digits=1)
    return f"{symbol}\N{NO-BREAK SPACE}{words}" if symbol[-1].isalpha() else f"{symbol}{words}"


def number(value: int | Decimal | float) -> str:
    return format_decimal(value, locale=page_locale())


def percent(fraction: float, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage with `digits` decimals."""
    shown = round(Decimal(str(fraction)), digits + 2)
    return format_percent(shown, locale=page_locale(), decimal_quantization=False)
