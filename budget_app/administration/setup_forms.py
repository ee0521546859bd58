"""The forms of a round's first steps: words, dates, districts, checklist, conditions."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    IntegerField,
    StringField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
)

from budget_app.administration.forms import NOT_EMPTY
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.reviews.checklists import LONGEST_CRITERION
from budget_app.rounds.fields import (
    MoneyField,
    clean_text,
    text_field,
)
from budget_app.rounds.models import PhaseKind
from budget_app.rounds.moments import WithinYears, moment_field
from tallying.evidence import privacy

PARTS = {"starts": _l("Begins"), "ends": _l("Ends")}
"""Of a phase."""
DISTRICT_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def texts_form(parliament: Parliament) -> type[FlaskForm]:
    """Name and summary in each language of the parliament; the first one is needed."""
    fields: dict[str, Any] = {}
    for code in parliament.languages:
        language, needed = ENDONYMS[code], code == parliament.default_language
        fields[f"title_{code}"] = text_field(
            _l("Name (%(language)s)", language=language), longest=120, required=needed
        )
        fields[f"summary_{code}"] = text_field(
            _l("Summary (%(language)s)", language=language),
            longest=600,
            lines=True,
            required=needed,
        )
    fields["hashtag"] = StringField(
        _l("Hashtag"),
        description=_l("One word for what people write elsewhere; shared links carry it."),
        filters=[clean_text, without_mark],
        validators=[
            Optional(),
            Length(max=40, message=_l("At most %(max)d characters.")),
            Regexp(r"^\w*[^\W\d_]\w*$", message=_l("One word of letters and digits, no spaces.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    return type("TextsForm", (FlaskForm,), fields)


def without_mark(text: str | None) -> str | None:
    """A hashtag as it is kept: people write it with its # or without."""
    return text.removeprefix("#") if text else text


class NotYet(Optional):
    """May stay empty for now, and is not marked as optional: no round is without it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


def phases_form() -> type[FlaskForm]:
    """A beginning and an end for each phase; a phase left empty is not part of the round."""
    fields: dict[str, Any] = {}
    for kind in PhaseKind:
        for part, label in PARTS.items():
            presence = NotYet() if kind is PhaseKind.VOTING else Optional()
            fields[f"{kind}_{part}"] = moment_field(label, presence=presence)
    return type("PhasesForm", (FlaskForm,), fields)


def moments_in_words(phases: Mapping[PhaseKind, Any]) -> dict[str, Any]:
    """What the fields of `phases_form` are called beside those of other phases."""
    return {
        f"{kind}_{part}": _l("%(group)s: %(field)s", group=phases[kind], field=label)
        for kind in PhaseKind
        for part, label in PARTS.items()
    }


def district_form(parliament: Parliament, *, new: bool) -> type[FlaskForm]:
    """A district's names, budget and, for a new one, the code that the roll uses."""
    fields: dict[str, Any] = {
        f"name_{code}": text_field(
            _l("Name (%(language)s)", language=ENDONYMS[code]),
            longest=120,
            required=code == parliament.default_language,
        )
        for code in parliament.languages
    }
    if new:
        fields["slug"] = StringField(
            _l("Code"),
            description=_l("Small letters, digits and hyphens, as the roll of voters names it."),
            validators=[
                InputRequired(NOT_EMPTY),
                Regexp(DISTRICT_CODE, message=_l("Use small letters, digits and hyphens.")),
            ],
        )
    fields["budget"] = MoneyField(_l("Budget"))
    return type("DistrictForm", (FlaskForm,), fields)


class OutlinesForm(FlaskForm):
    file = FileField(
        _l("Outlines of the districts (GeoJSON)"),
        validators=[FileRequired(_l("Choose a file first."))],
    )


def criterion_form(parliament: Parliament) -> type[FlaskForm]:
    """What to check, in each language of the parliament; the first one is needed."""
    fields = {
        f"text_{code}": text_field(
            _l("Criterion (%(language)s)", language=ENDONYMS[code]),
            longest=LONGEST_CRITERION,
            required=code == parliament.default_language,
        )
        for code in parliament.languages
    }
    return type("CriterionForm", (FlaskForm,), fields)


class ConditionsForm(FlaskForm):
    attestations_required = IntegerField(
        _l("Signatures of auditors that certify the result"),
        validators=[
            InputRequired(NOT_EMPTY),
            NumberRange(1, 20, message=_l("Choose a number from 1 to 20.")),
        ],
    )
    min_age = IntegerField(
        _l("Least age of voters"),
        description=_l("Empty: whoever stands on the roll may vote."),
        validators=[Optional(), NumberRange(0, 120, message=_l("Choose an age from 0 to 120."))],
    )
    age_on = DateField(_l("Reached on this day"), validators=[Optional(), WithinYears()])
    least_ballots = IntegerField(
        _l("Fewest ballots of a district that are published"),
        description=_l("Districts with fewer ballots publish their result and no ballots."),
        validators=[
            InputRequired(NOT_EMPTY),
            NumberRange(
                privacy.LEAST_BALLOTS, 100_000, message=_l("Choose a number from 100 to 100,000.")
            ),
        ],
    )
    least_cell = IntegerField(
        _l("Smallest number of people that is told"),
        description=_l("Districts with fewer voters tell what is funded and no numbers."),
        validators=[
            InputRequired(NOT_EMPTY),
            NumberRange(privacy.LEAST_CELL, 1000, message=_l("Choose a number from 10 to 1,000.")),
        ],
    )
    most_unique_permille = IntegerField(
        _l("Most unique ballots, of 1,000, that are published whole"),
        description=_l(
            "Of rankings and points only. Where more ballots were cast by a single voter, only the first projects of each are published, or none."
        ),
        validators=[
            InputRequired(NOT_EMPTY),
            NumberRange(
                0,
                privacy.Terms().most_unique_permille,
                message=_l("Choose a number from 0 to 200: you can protect more, not less."),
            ),
        ],
    )
    keep_until = DateField(
        _l("Keys and personal data are kept until"),
        description=_l(
            "The last day on which the result can be appealed. Afterwards two administrators can destroy them. Empty: they are kept for good."
        ),
        validators=[Optional(), WithinYears(ahead=100)],
    )
