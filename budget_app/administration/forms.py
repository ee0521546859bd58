"""The forms of the participation office's desk: a new round, and who gets a role."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    RadioField,
    SelectField,
)
from wtforms.validators import (
    Email,
    InputRequired,
)

from budget_app.accounts.models import Role
from budget_app.navigation import ENDONYMS
from budget_app.rounds.fields import (
    answers,
    text_field,
)

NOT_EMPTY = _l("This cannot stay empty.")
ROLES = {
    Role.ADMINISTRATOR: _l("Administrator: sets rounds up and conducts them"),
    Role.REVIEWER: _l("Reviewer: accepts or rejects proposals"),
    Role.AUDITOR: _l("Auditor: checks the count and signs it"),
    Role.MODERATOR: _l("Moderator: keeps comments and questions within the published rules"),
    Role.PARLIAMENTARIAN: _l("Parliamentarian: answers citizens by name, and leads hearings"),
}


def new_round_form(past: Sequence[tuple[str, str]]) -> type[FlaskForm]:
    """`past` names the rounds that can be copied: address part and title."""

    class NewRoundForm(FlaskForm):
        title = text_field(_l("Name of the round"), longest=120)
        copy_of = SelectField(
            _l("Begin with"),
            choices=answers([("", _l("An empty round")), *past]),
            description=_l(
                "A copy takes over districts, ballot, counting rule and checklist; not the dates, the projects or the roll."
            ),
        )

    return NewRoundForm


class MemberForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("Enter an e-mail address.")),
            Email(_l("Enter an e-mail address like name@example.org.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    name = text_field(_l("Name"), longest=120)
    role = RadioField(
        _l("Role"), choices=answers(ROLES.items()), validators=[InputRequired(_l("Choose a role."))]
    )


def member_form(languages: Sequence[str]) -> type[FlaskForm]:
    """Who gets a role, and the office in each language of the parliament, none of them required."""
    fields = {
        f"office_{code}": text_field(
            _l("Office (%(language)s)", language=ENDONYMS[code]), longest=120, required=False
        )
        for code in languages
    }
    return type("MemberInLanguagesForm", (MemberForm,), fields)
