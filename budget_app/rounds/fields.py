"""Form fields of money, texts in several languages, and categories."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import (
    NumberFormatError,
    format_decimal,
    get_currency_symbol,
    parse_decimal,
)
from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from budget_app.presentation.texts import plain
from budget_app.rounds.models import Round

CATEGORIES = {
    "education": _l("Education"),
    "health": _l("Health"),
    "mobility": _l("Mobility"),
    "environment": _l("Environment"),
    "culture": _l("Culture"),
    "sport": _l("Sport"),
    "safety": _l("Safety"),
    "inclusion": _l("Care and inclusion"),
    "digital": _l("Digital services"),
    "urban": _l("Public space"),
    "housing": _l("Housing"),
}
GREATEST_AMOUNT = 2**53 - 1
WRITTEN_AMOUNT = re.compile(r"-?[0-9.,]{1,30}")
SPACES = (" ", "\u00a0", "\u202f", "\u2009")


def clean_text(value: str | None) -> str | None:
    """Text as it is kept and sealed: Unicode NFC, plain line ends, no other control characters."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc").strip()


class MoneyField(Field):
    """An amount in the parliament's currency as people write it; `data` is in minor units."""

    widget = widgets.TextInput()

    def __init__(self, label: Any = None, *, required: bool = True, **options: Any) -> None:
        presence = InputRequired(_l("Enter an amount.")) if required else Optional()
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators=[presence], **options)
        self.data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        digits = g.parliament.minor_digits
        pattern = "0" if self.data % 10**digits == 0 else "0." + "0" * digits
        amount = Decimal(self.data).scaleb(-digits)
        return str(format_decimal(amount, format=pattern, locale=get_locale()))

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            self.data = self._minor_units(text)

    def _minor_units(self, text: str) -> int:
        digits: int = g.parliament.minor_digits
        for written in (*SPACES, g.parliament.currency, *symbols(g.parliament.currency)):
            text = text.replace(written, "")
        if not WRITTEN_AMOUNT.fullmatch(text):
            raise ValueError(_("Write the amount in digits, for example 250000."))
        try:
            amount = parse_decimal(text, locale=get_locale(), strict=True)
        except NumberFormatError:
            raise ValueError(_("Write the amount in digits, for example 250000.")) from None
        exact = amount.scaleb(digits)
        # “1,000” is one in French and a thousand in English: written decimals count, zeros too.
        if -int(amount.as_tuple().exponent) > digits:
            raise ValueError(_("This amount has more decimals than the currency."))
        if exact < 0:
            raise ValueError(_("An amount cannot be below zero."))
        if exact > GREATEST_AMOUNT:
            raise ValueError(_("This amount is too large."))
        return int(exact)


def symbols(currency: str) -> tuple[str, str]:
    """How pages write the currency beside an amount, and how its own country does."""
    there = get_currency_symbol(currency, locale=get_locale())
    return there, get_currency_symbol(currency, locale="en_US")


def text_field(
    label: Any,
    *,
    longest: int,
    required: bool = True,
    lines: bool = False,
    presence: Callable[[Any, Any], None] | None = None,
    first: Sequence[Callable[[Any, Any], None]] = (),
    description: Any = "",
) -> Any:
    """A field for one text in one language; `presence` says otherwise when it may stay empty.

    `first` are validators that come before all others.
    """
    if presence is None:
        presence = DataRequired(_l("This cannot stay empty.")) if required else Optional()
    limit = Length(max=longest, message=_l("At most %(max)d characters."))
    kind = TextAreaField if lines else StringField
    return kind(
        label,
        description=description,
        filters=[clean_text],
        validators=[*first, presence, limit],
    )


def answers(pairs: Iterable[tuple[str, object]]) -> Any:
    """The choices of a field: what is sent, and the words."""
    return [SelectChoice(value, label) for value, label in pairs]


class CheckboxesField(SelectMultipleField):
    """Several answers out of a list, as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def district_field(round_: Round, *, unchosen: bool = False) -> SelectField:
    """The districts by their names in the page's language; `unchosen` picks none beforehand."""
    districts = [(district.slug, plain(district.names)) for district in round_.districts]
    if not unchosen or len(districts) == 1:
        return SelectField(_l("District"), choices=answers(districts))
    return SelectField(
        _l("District"),
        choices=answers([("", _l("Choose a district")), *districts]),
        validators=[InputRequired(_l("Choose the district that the proposal is for."))],
    )


def categories_field() -> CheckboxesField:
    return CheckboxesField(
        _l("Categories"), choices=answers(CATEGORIES.items()), validators=[Optional()]
    )


def by_language(form: Any, name: str, languages: Iterable[str]) -> dict[str, str]:
    """What the fields `name_en`, `name_es`, … say, empty ones left out."""
    return {code: text for code in languages if (text := form[f"{name}_{code}"].data)}


def category_name(code: str) -> str:
    """The name of a category; one of an imported election is its own name."""
    return str(CATEGORIES.get(code, code))
