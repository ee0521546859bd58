"""The forms of the two bodies' keys and of what they bring."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import InputRequired, StopValidation

from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.rounds.fields import answers, text_field
from budget_app.rounds.models import Secrecy
from budget_app.rounds.private_keys import refuse_private, refuse_private_file
from tallying.evidence.seal import INNER, OUTER

SECRECY = {
    Secrecy.SEALED: _l("Sealed: two bodies hold the keys, and nobody else can read a ballot"),
    Secrecy.EXERCISE: _l("Exercise: sealed, but this server holds both keys itself"),
    Secrecy.OPEN: _l("Open: whoever administers the database could read a ballot"),
}
LAYER_OF_BODY = {
    OUTER: _l("The body that opens first"),
    INNER: _l("The body that opens last"),
}


def needed_if_sealed(form: Any, field: Any) -> None:
    """A validator: exercises and open rounds have no bodies, so their fields stay empty."""
    if not field.data and form.secrecy.data == Secrecy.SEALED:
        raise StopValidation(_("This cannot stay empty in a sealed round."))


def keys_form(parliament: Parliament) -> type[FlaskForm]:
    """The mode, and for each body its name, its key and the two machines that sign."""
    fields: dict[str, Any] = {
        "secrecy": RadioField(
            _l("Who could read a ballot"),
            choices=answers(SECRECY.items()),
            validators=[InputRequired(_l("Choose one of these."))],
        )
    }
    for layer in LAYER_OF_BODY:
        for code in parliament.languages:
            name = _l("Name of the body (%(language)s)", language=ENDONYMS[code])
            first = code == parliament.default_language
            fields[f"{layer}_body_{code}"] = _body_field(name, 120, needed=first)
        fields[f"{layer}_key"] = _body_field(
            _l("Public key of the body"),
            2000,
            help_=_l("The long line in the file that ends in “.public”."),
            lines=True,
        )
        fields[f"{layer}_signer_1"] = _body_field(
            _l("Verifier key of its machine"),
            300,
            help_=_l("The line that “tallying keygen --kind official” printed on that machine."),
        )
        fields[f"{layer}_signer_2"] = _body_field(
            _l("Verifier key of the observer's machine"), 300, help_=_l("The same of the observer.")
        )
    return type("KeysForm", (FlaskForm,), fields)


def _body_field(
    label: Any, longest: int, *, help_: Any = "", lines: bool = False, needed: bool = True
) -> Any:
    return text_field(
        label,
        longest=longest,
        lines=lines,
        required=False,
        presence=needed_if_sealed if needed else None,
        first=[refuse_private],
        description=help_,
    )


class LayerForm(FlaskForm):
    """What a body brings of its layer: the three files that `tallying peel` writes."""

    stage = FileField(
        _l("What the layer gave"),
        validators=[FileRequired(_l("Choose a file first.")), refuse_private_file],
    )
    report = FileField(
        _l("The report (report.json)"),
        validators=[FileRequired(_l("Choose a file first.")), refuse_private_file],
    )
    note = FileField(
        _l("The note that both machines signed (both.note)"),
        validators=[FileRequired(_l("Choose a file first.")), refuse_private_file],
    )
