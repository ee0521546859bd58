"""What citizens write, and what reviewers decide."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SubmitField

from budget_app.rounds.fields import (
    MoneyField,
    categories_field,
    district_field,
    text_field,
)
from budget_app.rounds.models import Round


def proposal_form(round_: Round) -> type[FlaskForm]:
    """A draft needs a title and a district; all else can follow before it is submitted."""
    fields: dict[str, Any] = {
        "title": text_field(_l("Title"), longest=120),
        "summary": text_field(_l("In two sentences"), longest=300, required=False, lines=True),
        "description": text_field(
            _l("What should be done, where, and for whom"),
            longest=10_000,
            required=False,
            lines=True,
        ),
        "district": district_field(round_),
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
