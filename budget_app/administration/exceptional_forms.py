"""The forms of the acts that change a sealed round."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from budget_app.administration.forms import NOT_EMPTY
from budget_app.navigation import ENDONYMS
from budget_app.presentation.texts import plain
from budget_app.rounds.fields import MoneyField, answers, clean_text, text_field
from budget_app.rounds.models import ActKind, Round
from budget_app.rounds.moments import moment_field
from voting.revocation import Reason

LONGEST_REASON = 1000
REVOCATIONS = {
    Reason.NOT_ELIGIBLE: _l("This person may not vote in this round"),
    Reason.ON_ROLL_TWICE: _l("This person stands on the roll twice"),
    Reason.VOTED_ON_PAPER: _l("This person voted on paper"),
}


def amendment_form(round_: Round) -> type[FlaskForm]:
    """What is corrected, each part only where something is to change, and what and why in words."""
    return _form(
        "AmendmentForm",
        project=_project_field(round_, Optional()),
        **{
            f"name_{code}": text_field(
                _l("Its name (%(language)s)", language=ENDONYMS[code]), longest=120, required=False
            )
            for code in round_.parliament.languages
        },
        cost=MoneyField(_l("Its cost"), required=False),
        opens=moment_field(_l("Beginning of the voting"), required=False),
        closes=moment_field(_l("End of the voting"), required=False),
        **_reasons(round_),
    )


def extension_form(round_: Round) -> type[FlaskForm]:
    """A later end, in the parliament's time zone, and why."""
    closes = moment_field(_l("New end of the voting"), presence=InputRequired(NOT_EMPTY))
    return _form("ExtensionForm", closes=closes, **_reasons(round_))


def withdrawal_form(round_: Round) -> type[FlaskForm]:
    """One project of the ballot, and why."""
    project = _project_field(round_, InputRequired(_l("Choose a project of the ballot.")))
    return _form("WithdrawalForm", project=project, **_reasons(round_))


def revocation_form(round_: Round) -> type[FlaskForm]:
    """Whose ballot, by the identity number that the roll keeps only a fingerprint of, and why."""
    identity_number = StringField(
        _l("Identity number"),
        filters=[clean_text],
        validators=[InputRequired(NOT_EMPTY), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    code = SelectField(
        _l("Reason"),
        choices=answers([("", _l("Choose a reason")), *REVOCATIONS.items()]),
        validators=[InputRequired(_l("Choose a reason."))],
    )
    return _form("RevocationForm", identity_number=identity_number, code=code)


def destruction_form(_round: Round) -> type[FlaskForm]:
    """Nothing but the confirmation."""
    return _form("DestructionForm")


FORMS: dict[ActKind, Callable[[Round], type[FlaskForm]]] = {
    ActKind.AMEND: amendment_form,
    ActKind.EXTEND: extension_form,
    ActKind.WITHDRAW: withdrawal_form,
    ActKind.REVOKE: revocation_form,
    ActKind.DESTROY: destruction_form,
}


def _project_field(round_: Round, presence: Any) -> SelectField:
    choices = [
        (project.key, f"{plain(project.names)} ({project.key})") for project in round_.projects
    ]
    return SelectField(
        _l("Project"),
        choices=answers([("", _l("Choose a project")), *choices]),
        validators=[presence],
    )


def _reasons(round_: Round) -> dict[str, Any]:
    """The published reason, in each language of the parliament; the first one is needed."""
    return {
        f"reason_{code}": text_field(
            _l("Reason that everybody reads (%(language)s)", language=ENDONYMS[code]),
            longest=LONGEST_REASON,
            lines=True,
            required=code == round_.parliament.default_language,
        )
        for code in round_.parliament.languages
    }


def _form(name: str, **fields: Any) -> type[FlaskForm]:
    understood = BooleanField(
        _l("I know what this cannot take back"),
        validators=[InputRequired(_l("Read what cannot be taken back, and say that you know it."))],
    )
    return type(name, (FlaskForm,), {**fields, "understood": understood})
