"""The forms of the two bodies' keys and of what they bring."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import InputRequired

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
            fields[f"{layer}_body_{code}"] = text_field(
                name, longest=120, required=False, first=[refuse_private]
            )
        fields[f"{layer}_key"] = text_field(
            _l("Public key of the body"),
            longest=2000,
            required=False,
            first=[refuse_private],
            lines=True,
        )
        fields[f"{layer}_signer_1"] = text_field(
            _l("Verifier key of its machine"), longest=300, required=False, first=[refuse_private]
        )
        fields[f"{layer}_signer_2"] = text_field(
            _l("Verifier key of the observer's machine"),
            longest=300,
            required=False,
            first=[refuse_private],
        )
    return type("KeysForm", (FlaskForm,), fields)


class LayerForm(FlaskForm):
    """What a body brings of its layer: the three files that `tallying peel` writes."""

    stage = FileField(
        _l("What the layer gave (mid.jsonl or out.jsonl)"),
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
