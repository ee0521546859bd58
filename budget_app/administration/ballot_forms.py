"""The forms of the last steps before the vote: projects, roll, seal."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
)

from budget_app.navigation import ENDONYMS
from budget_app.rounds.fields import (
    MoneyField,
    categories_field,
    district_field,
    text_field,
)
from budget_app.rounds.models import Round


def project_form(round_: Round) -> type[FlaskForm]:
    """What the ballot says of a project that the office adds or translates."""
    parliament = round_.parliament
    fields: dict[str, Any] = {}
    for code in parliament.languages:
        language = ENDONYMS[code]
        fields[f"name_{code}"] = text_field(
            _l("Name (%(language)s)", language=language),
            longest=120,
            required=code == parliament.default_language,
        )
        fields[f"summary_{code}"] = text_field(
            _l("Summary (%(language)s)", language=language),
            longest=300,
            required=False,
            lines=True,
        )
    fields |= {
        "district": district_field(round_),
        "cost": MoneyField(_l("Cost")),
        "categories": categories_field(),
        "exclusive_group": text_field(_l("Only one of these"), longest=60, required=False),
    }
    return type("ProjectForm", (FlaskForm,), fields)


class RollForm(FlaskForm):
    file = FileField(
        _l("Roll of voters (CSV)"), validators=[FileRequired(_l("Choose a file first."))]
    )


class SealForm(FlaskForm):
    """`shown` is the digest of the manifest that the page showed."""

    shown = HiddenField()
