"""Beginning a session, and joining an exercise."""

from itertools import takewhile
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from budget_app.accounts.models import Role
from budget_app.rounds.fields import answers, text_field
from budget_app.training.models import Beginning
from budget_app.wording import WORDS

MOST_DELEGATIONS = 40
LONGEST_NAME = 80
PARTS = (Role.CITIZEN, *(role for role in Role if role is not Role.CITIZEN))


def names_in(text: str) -> list[str]:
    """The delegations, one on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def some(form: Any, _field: Field) -> None:
    """Somebody must take part, wherever they begin."""
    if not any(form.names().values()):
        raise ValidationError(_("This cannot stay empty."))


def fit(form: Any, field: Field) -> None:
    """What is wrong with the delegations of one field, beside those of the fields before it."""
    names = names_in(field.data or "")
    before = list(takewhile(lambda other: other is not field, form.lists()))
    earlier = [name for other in before for name in names_in(other.data or "")]
    if len(earlier) + len(names) > MOST_DELEGATIONS:
        raise ValidationError(_("At most %(most)s delegations.", most=MOST_DELEGATIONS))
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValidationError(
            _("A delegation's name has at most %(most)s characters.", most=LONGEST_NAME)
        )
    known = [name.casefold() for name in earlier + names]
    if names and len(set(known)) < len(known):
        raise ValidationError(_("Two delegations have the same name."))


def _delegations(label: Any, description: Any, *, presence: Any = None) -> Any:
    return text_field(
        label,
        longest=4000,
        required=False,
        lines=True,
        presence=presence,
        first=(fit,),
        description=description,
    )


class BeginForm(FlaskForm):
    """A list of delegations for each place where an exercise may begin."""

    title = text_field(_l("Name of the training session"), longest=120)
    delegations = _delegations(
        _l("Delegations"),
        _l(
            "One on each line, for example “Delegation of Belize”. Their exercises begin with a round that collects proposals and one that is open for voting."
        ),
        presence=some,
    )
    delegations_proposals = _delegations(
        _l("Delegations that begin with proposals"),
        _l("A round that collects proposals, with some to support, to discuss and to review."),
    )
    delegations_voting = _delegations(
        _l("Delegations that begin with a vote"), _l("A round that is open for voting.")
    )
    delegations_delivery = _delegations(
        _l("Delegations that begin after the count"),
        _l(
            "A round that was just counted: to be audited, with promises to keep and people to answer."
        ),
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

    def lists(self) -> list[Any]:
        """The fields of delegations, in the order of `Beginning`."""
        return [
            self.delegations,
            self.delegations_proposals,
            self.delegations_voting,
            self.delegations_delivery,
        ]

    def names(self) -> dict[Beginning, list[str]]:
        """The delegations by where their exercises begin."""
        written = (names_in(field.data or "") for field in self.lists())
        return dict(zip(Beginning, written, strict=True))


class JoinForm(FlaskForm):
    name = text_field(_l("Your name in the exercise"), longest=60)
    role = RadioField(
        _l("Your part"),
        choices=answers((role.value, WORDS["Role", role.value]) for role in PARTS),
        default=Role.CITIZEN,
        validators=[InputRequired(_l("Choose a role."))],
    )


class SeatForm(FlaskForm):
    code = text_field(
        _l("Your code"),
        longest=40,
        description=_l("You were shown it when you joined: eight letters and digits."),
    )
