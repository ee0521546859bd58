"""The forms of an audit."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from budget_app.rounds.private_keys import refuse_private, refuse_private_file

LONGEST_WORDS = 10_000
LONGEST_KEY = 255
LONGEST_NOTE = 10_000
MOST_CANARIES = 50
LONGEST_ENVELOPE = 200_000

_cannot_be_empty = InputRequired(_l("This cannot stay empty."))


class KeyForm(FlaskForm):
    """An auditor's public key."""

    verifier_key = StringField(
        _l("Verifier key"),
        description=_l("The line that “tallying keygen” printed. It is public."),
        validators=[
            refuse_private,
            _cannot_be_empty,
            Length(max=LONGEST_KEY, message=_l("At most %(max)d characters.")),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


class AttestForm(FlaskForm):
    """A signed note, as a file or as text."""

    note_file = FileField(
        _l("Signed note, as a file"), validators=[refuse_private_file, Optional()]
    )
    note = TextAreaField(
        _l("Signed note, as text"),
        validators=[
            refuse_private,
            Optional(),
            Length(max=LONGEST_NOTE, message=_l("At most %(max)d characters.")),
        ],
    )

    @property
    def given(self) -> str:
        """The note of the file, else of the field; undecodable bytes make no note."""
        if self.note_file.data:
            content: bytes = self.note_file.data.read(LONGEST_NOTE + 1)
            if content.strip():
                return content.decode("utf-8", errors="replace")
        return self.note.data or ""


class ObjectionForm(FlaskForm):
    """Reasons for an objection."""

    reasons = TextAreaField(
        _l("What is wrong, and how you found it"),
        description=_l(
            "Public, with your name. Name the check that failed, or the numbers that differ."
        ),
        validators=[
            refuse_private,
            _cannot_be_empty,
            Length(max=LONGEST_WORDS, message=_l("At most %(max)d characters.")),
        ],
    )


class AnswerForm(FlaskForm):
    """The parliament's answer to an objection."""

    answer = TextAreaField(
        _l("Answer"),
        description=_l("Public, with your name and office."),
        validators=[
            refuse_private,
            _cannot_be_empty,
            Length(max=LONGEST_WORDS, message=_l("At most %(max)d characters.")),
        ],
    )


class CanaryVotersForm(FlaskForm):
    """How many test voters of which district join the roll."""

    district = SelectField(_l("District"))
    number = IntegerField(
        _l("How many"),
        validators=[
            _cannot_be_empty,
            NumberRange(1, MOST_CANARIES, message=_l("Choose a number from 1 to 50.")),
        ],
    )


class CanaryCastForm(FlaskForm):
    """One test voter's ballot, sealed offline."""

    identity_number = StringField(
        _l("Identity number of the test voter"),
        validators=[
            _cannot_be_empty,
            Length(max=LONGEST_KEY, message=_l("At most %(max)d characters.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    envelope = TextAreaField(
        _l("Sealed envelope"),
        description=_l("From the secret file: “envelope”, without its quotation marks."),
        validators=[
            _cannot_be_empty,
            Length(max=LONGEST_ENVELOPE, message=_l("At most %(max)d characters.")),
        ],
        filters=[lambda text: "".join(text.split()) if text else text],
    )


class CanaryFileForm(FlaskForm):
    """What `tallying canary` wrote."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
