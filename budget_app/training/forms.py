"""Beginning a session, and joining an exercise."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from budget_app.accounts.models import Role
from budget_app.rounds.fields import answers, text_field
from budget_app.wording import WORDS

MOST_DELEGATIONS = 40
LONGEST_NAME = 80
PARTS = (Role.CITIZEN, *(role for role in Role if role is not Role.CITIZEN))


def names_in(text: str) -> list[str]:
    """The delegations, one on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def fit(_form: Any, field: Field) -> None:
    names = names_in(field.data or "")
    if len(names) > MOST_DELEGATIONS:
        raise ValidationError(_("At most %(most)s delegations.", most=MOST_DELEGATIONS))
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValidationError(
            _("A delegation's name has at most %(most)s characters.", most=LONGEST_NAME)
        )
    if len({name.casefold() for name in names}) < len(names):
        raise ValidationError(_("Two delegations have the same name."))


class BeginForm(FlaskForm):
    title = text_field(_l("Name of the training session"), longest=120)
    delegations = text_field(
        _l("Delegations"),
        longest=4000,
        lines=True,
        first=(fit,),
        description=_l("One on each line, for example “Delegation of Belize”."),
    )
    minutes = IntegerField(
        _l("Minutes until the vote of the exercise ends"),
        default=60,
        description=_l("Afterwards two participants close it, count, and audit."),
        validators=[
            InputRequired(_l("Enter a number.")),
            NumberRange(5, 10_080, message=_l("Choose a number from 5 to 10,080.")),
        ],
    )


class JoinForm(FlaskForm):
    name = text_field(_l("Your name in the exercise"), longest=60)
    role = RadioField(
        _l("Your part"),
        choices=answers((role.value, WORDS["Role", role.value]) for role in PARTS),
        default=Role.CITIZEN,
        validators=[InputRequired(_l("Choose a role."))],
    )
