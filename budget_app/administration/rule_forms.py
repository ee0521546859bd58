"""The forms of how people vote and how it is counted: ballot, rule, lots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    InputRequired,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from budget_app.administration.forms import NOT_EMPTY
from budget_app.administration.setup_forms import NotYet
from budget_app.presentation.texts import plain
from budget_app.rounds import manifests, words
from budget_app.rounds.fields import (
    MoneyField,
    answers,
    clean_text,
    text_field,
)
from tallying.election import LARGEST_AMOUNT
from tallying.rules import RULES
from tallying.rules.rule import Kind, Parameter, Rule

FEWEST_WORDS = 3
"""Of the record of a public draw."""
MOST_CRITERIA = 4
PARAMETER = "parameter_"


class StyleForm(FlaskForm):
    style = RadioField(
        _l("How people vote"),
        choices=answers(words.STYLES.items()),
        validators=[InputRequired(_l("Choose a style."))],
    )


def ballot_form(style: str) -> type[FlaskForm]:
    """The limits that ballots of `style` know, and that this is the style that they are of."""
    fields: dict[str, Any] = {"style": _chosen_already(StyleForm.style)}
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
    return type("BallotForm", (FlaskForm,), fields)


def _chosen_already(choice: Any) -> RadioField:
    """The same choice, which a form asks beside what hangs on it; nothing chosen anew is as before."""
    return RadioField(choice.args[0], choices=choice.kwargs["choices"], validators=[NotYet()])


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
    fields: dict[str, Any] = {"rule": _chosen_already(vars(rule_choice_form(style))["rule"])}
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
