"""The forms of the step that names the witnesses of a round's log."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    StringField,
)
from wtforms.validators import (
    InputRequired,
    Length,
)

from budget_app.administration.forms import NOT_EMPTY
from budget_app.rounds.fields import (
    clean_text,
    text_field,
)
from budget_app.rounds.private_keys import refuse_private


class WitnessForm(FlaskForm):
    """An organisation that will cosign the public log."""

    name = text_field(_l("Short name"), longest=60)
    key = StringField(
        _l("Verifier key"),
        description=_l("The line that the witness got from “tallying keygen”. It is public."),
        filters=[clean_text],
        validators=[
            refuse_private,
            InputRequired(NOT_EMPTY),
            Length(max=500, message=_l("At most %(max)d characters.")),
        ],
    )
    address = StringField(
        _l("Address"),
        description=_l("Where the witness answers, for example https://witness.example.org"),
        filters=[clean_text],
        validators=[
            InputRequired(NOT_EMPTY),
            Length(max=500, message=_l("At most %(max)d characters.")),
        ],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )


class QuorumForm(FlaskForm):
    required = IntegerField(
        _l("So many of the witnesses must sign"), validators=[InputRequired(NOT_EMPTY)]
    )
