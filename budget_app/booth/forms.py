"""Forms of the booth."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from voting import eligibility
from voting.acceptances import MOST_BYTES

_NUMERIC = {"inputmode": "numeric"}


def _whole_number(message: Any) -> Regexp:
    return Regexp(r"^\s*\d{1,4}\s*$", message=message)


class HandInForm(FlaskForm):
    """A saved acceptance, as a file or as its text."""

    file = FileField(_l("The file of the acceptance"))
    text = TextAreaField(
        _l("Or its text"),
        description=_l("All of it, from the first line, pb.acceptance/1, to the signature."),
        render_kw={"rows": 6, "spellcheck": "false", "autocomplete": "off"},
    )

    @property
    def content(self) -> bytes:
        """What was handed in, with the ends of its lines as they were signed."""
        sent = self.file.data
        content: bytes = sent.read(MOST_BYTES + 1) if sent else (self.text.data or "").encode()
        return content.replace(b"\r\n", b"\n").strip() + b"\n"

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two is there."""
        if not super().validate(extra_validators):
            return False
        if self.file.data or (self.text.data or "").strip():
            return True
        self.file.errors = [_l("Choose the file, or paste its text below.")]
        return False

    def refuse(self) -> None:
        """Say that no ballot was promised by what was handed in."""
        field = self.file if self.file.data else self.text
        field.errors = [
            _l(
                "This is not an acceptance of this vote: its signature is missing or of another "
                "key. Hand in the file that was saved from the receipt, unchanged."
            )
        ]


class EligibilityForm(FlaskForm):
    """Identity number and date of birth, in three fields as people say it."""

    identity_number = StringField(
        _l("Identity number"),
        description=_l(
            "As it is printed on your identity document. Spaces and dots do not matter."
        ),
        validators=[DataRequired(_l("Enter your identity number.")), Length(max=60)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    day = StringField(
        _l("Day"),
        validators=[_whole_number(_l("Enter the day as a number."))],
        render_kw={**_NUMERIC, "autocomplete": "bday-day"},
    )
    month = StringField(
        _l("Month"),
        validators=[_whole_number(_l("Enter the month as a number."))],
        render_kw={**_NUMERIC, "autocomplete": "bday-month"},
    )
    year = StringField(
        _l("Year"),
        validators=[_whole_number(_l("Enter the year with four digits."))],
        render_kw={**_NUMERIC, "autocomplete": "bday-year"},
    )
    then = HiddenField()
    district = HiddenField()
    """Whose ballot was filled in before; nothing of the choices."""

    date_of_birth: date

    @property
    def ending(self) -> str:
        """The last two signs of the number, by which people know it again."""
        return eligibility.normalised(self.identity_number.data or "")[-2:]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also checks that the three numbers are a day of the calendar."""
        if not super().validate(extra_validators):
            return False
        try:
            year, month, day = (int(f.data or "") for f in (self.year, self.month, self.day))
            self.date_of_birth = date(year, month, day)
        except ValueError:
            self.day.errors = [_l("This date does not exist. Check day, month and year.")]
            return False
        return True


class CastForm(FlaskForm):
    """The one button; the ballot's own fields stand beside it."""

    class Meta(FlaskForm.Meta):
        """No page shows what this form finds: so no file of messages is read for it."""

        def get_translations(self, _form: Any) -> None:
            return None

    token = HiddenField()
