"""Form fields of pins on a map, goals, and the lines of a cost estimate."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, Form, widgets
from wtforms.validators import Optional, ValidationError

from budget_app.proposals.costs import CostLine
from budget_app.proposals.goals import GOALS, MOST_GOALS, goal_name
from budget_app.rounds.fields import CheckboxesField, MoneyField, answers, text_field

DEGREES = re.compile(r"-?\d{1,3}(?:[.,]\d{1,15})?")
PAIR = re.compile(r"(-?\d{1,3}\.\d{1,15})[\s,;]+(-?\d{1,3}\.\d{1,15})")
DECIMALS = 5
"""A metre on the ground."""
GREATEST_QUANTITY = 1_000_000


class DegreesField(Field):
    """Degrees as a number between `-most` and `most`; `pair` when both were pasted together."""

    widget = widgets.TextInput()

    def __init__(self, label: Any = None, *, most: int, **options: Any) -> None:
        options.setdefault("render_kw", {"autocomplete": "off"})
        super().__init__(label, validators=[Optional()], **options)
        self.most = most
        self.pair: tuple[str, str] | None = None
        self.data: float | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.{DECIMALS}f}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip().replace("\u2212", "-") if valuelist else ""
        self.data = None
        if not text:
            return
        if both := PAIR.fullmatch(text):
            self.pair = (both[1], both[2])
            text = both[1]
        if not DEGREES.fullmatch(text):
            raise ValueError(_("Write degrees as a number, for example 18.47186."))
        degrees = round(float(text.replace(",", ".")), DECIMALS)
        if abs(degrees) > self.most:
            raise ValueError(
                _("This must lie between %(least)d and %(most)d.", least=-self.most, most=self.most)
            )
        self.data = degrees


class QuantityField(Field):
    """A whole number of things."""

    widget = widgets.TextInput()

    def __init__(self, label: Any = None, **options: Any) -> None:
        options.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, validators=[Optional()], **options)
        self.data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= GREATEST_QUANTITY:
            raise ValueError(_("Write how many as a whole number, at least 1."))
        self.data = int(text)


class CostLineForm(Form):
    """One row of the estimate; an empty one says nothing."""

    what = text_field(_l("What for"), longest=120, required=False)
    quantity = QuantityField(_l("How many"))
    amount = MoneyField(_l("Cost of each"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        written = [field for field in self if field.raw_data and field.raw_data[0].strip()]
        if not written:
            return valid
        for field, message in (
            (self.what, _("Say what this line is for.")),
            (self.amount, _("Say what one of these costs.")),
        ):
            if field not in written:
                field.errors = [*field.errors, message]
                valid = False
        return valid

    def line(self) -> CostLine | None:
        if not self.what.data or self.amount.data is None:
            return None
        return CostLine(self.what.data, self.quantity.data, self.amount.data)


class CostLines(FieldList):  # type: ignore[type-arg]  # generic in its stubs alone
    """The rows of the estimate."""

    anchor = "row-0"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.type = "FieldList"  # as pages tell its errors apart from those of one field

    def said(self, rows: Sequence[Mapping[str, Any]]) -> str:
        """One line of text for each row that says something."""
        return "\n".join(CostLine(**row).words for row in rows if row["what"])


def goals_field() -> CheckboxesField:
    """Up to `MOST_GOALS` of the goals, as their numbers in text."""
    return CheckboxesField(
        _l("Sustainable Development Goals"),
        choices=answers((str(number), goal_name(number)) for number in GOALS),
        validators=[Optional(), _at_most_three],
    )


def _at_most_three(_form: Any, field: Any) -> None:
    if len(field.data or []) > MOST_GOALS:
        raise ValidationError(_("Choose three goals at most."))
