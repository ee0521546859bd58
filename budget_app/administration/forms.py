"""The forms of the participation office's desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from budget_app.accounts.models import Role
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.reviews.checklists import LONGEST_CRITERION
from budget_app.rounds import manifests, words
from budget_app.rounds.fields import (
    MoneyField,
    answers,
    categories_field,
    clean_text,
    district_field,
    text_field,
)
from budget_app.rounds.models import PhaseKind, Round
from budget_app.rounds.moments import WithinYears, moment_field
from budget_app.rounds.private_keys import refuse_private
from tallying.election import LARGEST_AMOUNT
from tallying.evidence import privacy
from tallying.rules import RULES
from tallying.rules.rule import Kind, Parameter, Rule

NOT_EMPTY = _l("This cannot stay empty.")
FEWEST_WORDS = 3
"""Of the record of a public draw."""
DISTRICT_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
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
        for part, label in (("starts", _l("Begins")), ("ends", _l("Ends"))):
            presence = NotYet() if kind is PhaseKind.VOTING else Optional()
            fields[f"{kind}_{part}"] = moment_field(label, presence=presence)
    return type("PhasesForm", (FlaskForm,), fields)


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


class SealForm(FlaskForm):
    """`shown` is the digest of the manifest that the page showed."""

    shown = HiddenField()


class DiceForm(FlaskForm):
    dice = StringField(
        _l("What the dice showed"),
        description=_l("At least 20 throws of a die, in their order, digits only."),
        filters=[clean_text],
        validators=[
            InputRequired(NOT_EMPTY),
            Regexp(r"^[^07-9]*$", message=_l("A die shows one to six: write nothing else.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    record = text_field(
        _l("Where, when and before whom they were thrown"), longest=1000, lines=True
    )

    def validate_record(self, field: Any) -> None:
        """A record that tells nobody anything is none."""
        if len((field.data or "").split()) < FEWEST_WORDS:
            raise ValidationError(_l("Write it out: the place, the day, and who saw it."))


class LotsForm(DiceForm):
    """The draw of lots, which is never repeated."""

    understood = BooleanField(
        _l("The dice stand above as they fell; I know that the draw is never repeated"),
        validators=[InputRequired(_l("Compare the dice, and say that you know it."))],
    )


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


class OutlinesForm(FlaskForm):
    file = FileField(
        _l("Outlines of the districts (GeoJSON)"),
        validators=[FileRequired(_l("Choose a file first."))],
    )


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


class StyleForm(FlaskForm):
    style = RadioField(
        _l("How people vote"),
        choices=answers(words.STYLES.items()),
        validators=[InputRequired(_l("Choose a style."))],
    )


def limits_form(style: str) -> type[FlaskForm]:
    """The limits that ballots of `style` know."""
    fields: dict[str, Any] = {}
    for name in words.LIMITS_OF[style]:
        required = words.REQUIRED_LIMITS.get(style) == name
        if name == "min_spend":
            fields[name] = MoneyField(words.LIMITS[name], required=False)
            continue
        presence = InputRequired(NOT_EMPTY) if required else Optional()
        bounds = NumberRange(1, 10_000, message=_l("Choose a number from 1 to 10000."))
        fields[name] = IntegerField(
            words.LIMITS[name],
            description="" if required else _l("Empty: no limit."),
            validators=[presence, bounds],
        )
    fields["blank_allowed"] = BooleanField(_l("A blank ballot is valid"))
    return type("LimitsForm", (FlaskForm,), fields)


MOST_CRITERIA = 4
PARAMETER = "parameter_"


@dataclass(frozen=True)
class RuleFamily:
    """Rules that can count the round's ballots; `words` is None for rules of no known family."""

    words: words.Family | None
    rules: tuple[Rule, ...]


def rule_families(style: str) -> list[RuleFamily]:
    """The rules that can count ballots of `style`, those with the same aim together."""
    fitting = {name: rule for name, rule in RULES.items() if style in rule.styles}
    found = [
        RuleFamily(family, tuple(fitting.pop(name) for name in family.rules if name in fitting))
        for family in words.FAMILIES
    ]
    found.append(RuleFamily(None, tuple(fitting.values())))
    return [family for family in found if family.rules]


def rule_choice_form(style: str) -> type[FlaskForm]:
    """The rules that can count ballots of `style`."""
    fitting = [rule for family in rule_families(style) for rule in family.rules]

    class RuleChoiceForm(FlaskForm):
        rule = RadioField(
            _l("Counting rule"),
            choices=answers((rule.id, plain(rule.title)) for rule in fitting),
            validators=[InputRequired(_l("Choose a rule."))],
        )

    return RuleChoiceForm


def rule_form(rule: Rule, style: str) -> type[FlaskForm]:
    """Everything that one rule leaves open for ballots of `style`, as the registry describes it.

    What has one answer alone is not asked.
    """
    utilities = manifests.utilities_of(rule.id, style)
    completions = [completion.value for completion in rule.completions]
    fields: dict[str, Any] = {}
    if len(utilities) > 1:
        fields["utility"] = _answer_field(
            _l("What a result is worth to a voter"), utilities, words.UTILITIES
        )
    if len(completions) > 1:
        fields["completion"] = _answer_field(_l("Money left over"), completions, words.COMPLETIONS)
    fields |= {PARAMETER + p.name: _parameter_field(p) for p in rule.parameters}
    criteria = list(words.CRITERIA.items())
    labels = [_l("A tie is settled by"), *[_l("then by")] * (MOST_CRITERIA - 1)]
    for number, label in enumerate(labels, start=1):
        fields[f"ties_{number}"] = SelectField(
            label,
            choices=answers(criteria if number == 1 else [("", _l("Nothing more")), *criteria]),
            default="",
        )
    return type("RuleForm", (FlaskForm,), fields)


def _answer_field(label: Any, names: Sequence[str], told: Mapping[str, Any]) -> Any:
    return SelectField(label, choices=answers((name, told[name]) for name in names))


def _parameter_field(parameter: Parameter) -> Any:
    label = plain(parameter.help)
    match parameter.type:
        case Kind.BOOLEAN:
            return BooleanField(label)
        case Kind.CHOICE:
            question = words.QUESTIONS[parameter.name]
            return _answer_field(question.text, parameter.choices, question.answers)
        case Kind.INTEGER:
            bounds = NumberRange(
                min=parameter.least,
                max=LARGEST_AMOUNT,
                message=_l("Choose a whole number from %(min)s to %(max)s."),
            )
            return IntegerField(label, validators=[InputRequired(NOT_EMPTY), bounds])
