"""What citizens write."""

from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import FormField, SubmitField
from wtforms.validators import StopValidation

from budget_app import meanwhile
from budget_app.accounts.forms import LinkForm
from budget_app.accounts.names import name_field
from budget_app.browsing.within import Whereabouts, whereabouts
from budget_app.proposals.costs import MOST_LINES, CostLine, total
from budget_app.proposals.fields import CostLineForm, CostLines, DegreesField, goals_field
from budget_app.proposals.history import FILES, last_writer
from budget_app.proposals.models import Proposal, ProposalPicture
from budget_app.rounds.fields import (
    GREATEST_AMOUNT,
    MoneyField,
    categories_field,
    district_field,
    text_field,
)
from budget_app.rounds.models import Round

WRITTEN = (
    "title",
    "summary",
    "description",
    "place",
    "latitude",
    "longitude",
    "categories",
    "lines",
    "estimate",
)
"""The fields that are called as the proposal's row calls what it keeps of them."""
ROWS = 3
"""Empty rows of the estimate that a form offers."""


class NeededToSubmit:
    """A draft may leave the field empty; what is or was submitted may not."""

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, form: Any, field: Any) -> None:
        if (form.submit.data or form.is_public) and not field.data:
            raise StopValidation(str(self._message))


class WritingForm(FlaskForm):
    """What the fields of a proposal must say together."""

    is_public = False
    round_: Round

    def validate(self, extra_validators: Any = None) -> bool:
        self._take_pair()
        valid = super().validate(extra_validators)
        return self._has_whole_pin() and self._can_be_summed() and valid

    def _take_pair(self) -> None:
        """Both coordinates may be pasted into the first field, as maps give them."""
        fields: Any = self
        if fields.latitude.pair and not fields.longitude.raw_data[0].strip():
            latitude, longitude = fields.latitude.pair
            fields.latitude.raw_data = [latitude]
            fields.longitude.process(_Answer(fields.longitude.name, longitude))

    def put_pin(self, latitude: float, longitude: float) -> None:
        """Fill in where somebody pressed the map."""
        fields: Any = self
        for field, degrees in ((fields.latitude, latitude), (fields.longitude, longitude)):
            field.process(_Answer(field.name, str(degrees)))

    def _has_whole_pin(self) -> bool:
        fields: Any = self
        pin = {field: field.data for field in (fields.latitude, fields.longitude)}
        if any(field.errors for field in pin):
            return False
        missing = [field for field, degrees in pin.items() if degrees is None]
        if len(missing) == 1:
            missing[0].errors = [
                _("A pin needs both numbers: fill in this one or empty the other.")
            ]
        elif set(pin.values()) == {0.0}:
            fields.latitude.errors = [_("At 0, 0 there is only sea: look the numbers up again.")]
        elif not missing and self.pin_lies().is_outside:
            fields.latitude.errors = [
                _("This place lies outside all districts of this round: look the numbers up again.")
            ]
        return not any(field.errors for field in pin)

    def pin_lies(self) -> Whereabouts:
        """Where the pin lies, as far as the outlines of the districts tell."""
        fields: Any = self
        chosen = self.round_.district(fields.district.data or "")
        if chosen is None or fields.latitude.data is None or fields.longitude.data is None:
            return Whereabouts()
        return whereabouts(self.round_, chosen, fields.latitude.data, fields.longitude.data)

    def _can_be_summed(self) -> bool:
        fields: Any = self
        if total(self.cost_lines()) > GREATEST_AMOUNT:
            fields.estimate.errors = [_("The lines come to more than can be counted.")]
            return False
        return True

    def cost_lines(self) -> list[CostLine]:
        """The lines that say something."""
        fields: Any = self
        lines = (entry.form.line() for entry in fields.lines)
        return [line for line in lines if line is not None]

    def add_rows(self, least_empty: int = ROWS) -> None:
        """End the estimate with empty rows, as long as there is room."""
        fields: Any = self
        written = [n for n, entry in enumerate(fields.lines) if _is_written(entry)]
        wanted = (written[-1] + 1 if written else 0) + least_empty
        while len(fields.lines) < min(wanted, MOST_LINES):
            fields.lines.append_entry()


class _Answer(dict[str, str]):
    """One field's answer, as WTForms reads it."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__({name: value})

    def getlist(self, name: str) -> list[str]:
        return [self[name]]


def _is_written(entry: Any) -> bool:
    return any(field.data is not None and field.data != "" for field in entry.form) or any(
        field.raw_data and field.raw_data[0].strip() for field in entry.form
    )


def proposal_form(
    round_: Round,
    proposal: Proposal | None = None,
    answers: "MultiDict[str, str] | None" = None,
) -> Any:
    """The form of a new proposal or of `proposal`, with what was sent.

    `answers` were sent before, and are told once more what they lack.

    A draft needs a title and a district; all else can follow before it is submitted.
    """
    fields: dict[str, Any] = {
        "is_public": proposal is not None and proposal.is_public,
        "round_": round_,
        **_idea_fields(),
        **_place_fields(round_),
        "categories": categories_field(),
        "goals": goals_field(),
        "lines": CostLines(
            FormField(CostLineForm), _l("Lines of the estimate"), max_entries=MOST_LINES
        ),
        "estimate": MoneyField(
            _l("What it might cost"),
            required=False,
            description=_l("Your own guess; the office works the final cost out."),
        ),
        "public_name": name_field(),
        "save": SubmitField(_l("Save the draft")),
        "submit": SubmitField(_l("Submit the proposal")),
        "more": SubmitField(_l("Add rows")),
    }
    kind = type("ProposalForm", (WritingForm,), fields)
    sent: dict[str, Any] = {} if answers is None else {"formdata": answers, "meta": {"csrf": False}}
    form: Any = kind(**sent) if proposal is None else _changing(kind, proposal, sent)
    if answers is not None:
        form.validate()
    form.add_rows()
    return form


def _changing(kind: type[FlaskForm], proposal: Proposal, sent: dict[str, Any]) -> Any:
    def present() -> dict[str, Any]:
        return {
            **{name: getattr(proposal, name) for name in WRITTEN},
            "district": proposal.district.slug,
            "goals": [str(number) for number in proposal.goals],
        }

    return meanwhile.form(kind, proposal, present, last=lambda: last_writer(proposal), **sent)


def _idea_fields() -> dict[str, Any]:
    return {
        "title": text_field(_l("Title"), longest=120),
        "summary": text_field(
            _l("In two sentences"),
            longest=300,
            lines=True,
            presence=NeededToSubmit(_l("Sum the proposal up: only a draft can do without.")),
        ),
        "description": text_field(
            _l("What should be done, where, and for whom"),
            longest=10_000,
            lines=True,
            presence=NeededToSubmit(_l("Describe the proposal: only a draft can do without.")),
        ),
    }


def _place_fields(round_: Round) -> dict[str, Any]:
    return {
        "district": district_field(round_, unchosen=True),
        "place": text_field(
            _l("Name of the place"),
            longest=120,
            required=False,
            description=_l("As people call it: a street, a school, a village."),
        ),
        "latitude": DegreesField(
            _l("Latitude"),
            most=85,
            description=_l("You can paste both numbers here, as a map on your phone gives them."),
        ),
        "longitude": DegreesField(_l("Longitude"), most=180),
    }


class PictureForm(FlaskForm):
    picture = FileField(
        _l("Picture"),
        description=_l("JPEG, PNG or WebP, up to 10 MB. Where and when it was taken is left out."),
        validators=[FileRequired(_l("Choose a picture."))],
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    description = text_field(
        _l("What the picture shows"),
        longest=300,
        description=_l("For people who cannot see it, in one sentence."),
    )


class DescriptionForm(FlaskForm):
    description = text_field(_l("What the picture shows"), longest=300)


def description_form(proposal: Proposal, picture: ProposalPicture, **options: Any) -> Any:
    """The form that changes what is said of a picture."""
    number = picture.id

    def present() -> dict[str, str]:
        return {each.id: {"description": each.description} for each in proposal.pictures}[number]

    last = partial(last_writer, proposal, FILES)
    return meanwhile.form(DescriptionForm, proposal, present, last=last, **options)


class AttachmentForm(FlaskForm):
    file = FileField(
        _l("File"),
        description=_l("PDF or plain text, up to 10 MB."),
        validators=[FileRequired(_l("Choose a file."))],
        render_kw={"accept": "application/pdf,text/plain"},
    )
    title = text_field(_l("What the file is"), longest=120)


class InvitationForm(LinkForm):
    """The address of somebody who is asked to write along."""


class WithdrawalForm(FlaskForm):
    reason = text_field(
        _l("Why"),
        longest=2000,
        lines=True,
        required=False,
        description=_l("Published with the proposal, if you give it."),
    )
