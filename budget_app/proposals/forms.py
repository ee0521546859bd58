"""What citizens write, and what reviewers decide."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SubmitField
from wtforms.validators import StopValidation

from budget_app.rounds.fields import (
    MoneyField,
    categories_field,
    district_field,
    text_field,
)
from budget_app.rounds.models import Round


class NeededToSubmit:
    """A draft may leave the field empty; what is submitted may not."""

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, form: Any, field: Any) -> None:
        if form.submit.data and not field.data:
            raise StopValidation(str(self._message))


def proposal_form(round_: Round) -> type[FlaskForm]:
    """A draft needs a title and a district; all else can follow before it is submitted."""
    fields: dict[str, Any] = {
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
        "district": district_field(round_, unchosen=True),
        "categories": categories_field(),
        "estimate": MoneyField(
            _l("What it might cost"),
            required=False,
            description=_l("Your own guess; the office works the final cost out."),
        ),
        "save": SubmitField(_l("Save the draft")),
        "submit": SubmitField(_l("Submit the proposal")),
    }
    return type("ProposalForm", (FlaskForm,), fields)


class AcceptForm(FlaskForm):
    cost = MoneyField(_l("Final cost"))
    explanation = text_field(
        _l("Explanation"),
        longest=5000,
        lines=True,
    )


class RejectForm(FlaskForm):
    reason = text_field(_l("Reason"), longest=5000, lines=True)
