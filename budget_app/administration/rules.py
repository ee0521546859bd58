"""How people vote and how it is counted: ballot, rule, tie order and lots."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.administration import forms
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH, SETUP, enter, page, saved
from budget_app.parliaments.models import Parliament
from budget_app.rounds import manifests, rules, words
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from budget_app.rounds.steps import Step
from tallying.rules import RULES
from tallying.rules.rule import Rule


@bp.route(f"{SETUP}/ballot", methods=BOTH)
@access.administrator
def setup_ballot(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The style and its limits, in one form; another style asks for its own limits first."""
    enter(round_, Step.BALLOT)
    style_form = forms.StyleForm(data={"style": round_.style})
    form = forms.limits_form(round_.style)(data={"blank_allowed": True, **round_.limits})
    if style_form.style.data != round_.style:
        if not style_form.validate_on_submit():
            return page(round_, Step.BALLOT, form, style_form=style_form, failed=True)
        rules.set_style(round_, style_form.style.data, by=current_user)
        return redirect(url_for("administration.setup_ballot"))

    def save() -> None:
        limits = {name: form[name].data for name in words.LIMITS_OF[round_.style]}
        chosen = {name: value for name, value in limits.items() if value is not None}
        rules.set_limits(
            round_, {**chosen, "blank_allowed": form.blank_allowed.data}, by=current_user
        )

    return saved(round_, Step.BALLOT, form, save, style_form=style_form)


@bp.route(f"{SETUP}/rule", methods=BOTH)
@access.administrator
def setup_rule(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The rule and its parameters, in one form; another rule asks for its own parameters first."""
    enter(round_, Step.RULE)
    chosen = RULES.get(round_.rule.get("rule", ""))
    known = chosen.id if chosen else None
    choice = forms.rule_choice_form(round_.style)(data={"rule": known})
    form: Any = EmptyForm()
    if chosen:
        form = forms.rule_form(chosen, round_.style)(data=_known(round_))
    shown = {
        "choice": choice,
        "families": forms.rule_families(round_.style),
        "chosen": chosen,
        "words": words,
    }
    if choice.rule.data != known:
        if not choice.validate_on_submit():
            return page(round_, Step.RULE, form, failed=True, **shown)
        rules.choose_rule(round_, choice.rule.data, ties=_ties(form), by=current_user)
        return redirect(url_for("administration.setup_rule", _anchor="parameters"))
    return saved(
        round_,
        Step.RULE,
        form,
        lambda: rules.set_rule(round_, _rule(round_, chosen, form), by=current_user),
        **shown,
    )


def _known(round_: Round) -> dict[str, Any]:
    rule = round_.rule
    ties = {f"ties_{number}": name for number, name in enumerate(rule["ties"], start=1)}
    parameters = {forms.PARAMETER + name: value for name, value in rule["parameters"].items()}
    return {"utility": rule["utility"], "completion": rule["completion"], **ties, **parameters}


def _rule(round_: Round, chosen: Rule | None, form: Any) -> dict[str, Any]:
    """The rule as the form says it; raises `InvalidField` for what the rule does not know."""
    if chosen is None:
        raise InvalidField("rule", _("Choose a rule."))
    known = {forms.PARAMETER + parameter.name for parameter in chosen.parameters}
    sent = [name for name in request.form if name.startswith(forms.PARAMETER)]
    for name in sent:
        if name not in known:
            unknown = name.removeprefix(forms.PARAMETER)
            raise InvalidField(
                "rule", _("This rule has no parameter named “%(name)s”.", name=unknown)
            )
    return {
        "rule": chosen.id,
        "utility": form.utility.data if "utility" in form else _only_utility(round_, chosen),
        "completion": form.completion.data if "completion" in form else chosen.completions[0].value,
        "parameters": {p.name: form[forms.PARAMETER + p.name].data for p in chosen.parameters},
        "ties": _ties(form),
    }


def _only_utility(round_: Round, chosen: Rule) -> str | None:
    return next(iter(manifests.utilities_of(chosen.id, round_.style)), None)


def _ties(form: Any) -> list[str]:
    """The order for ties as the form says it; none where no rule is chosen yet."""
    fields = (f"ties_{number}" for number in range(1, forms.MOST_CRITERIA + 1))
    return [form[name].data for name in fields if name in form and form[name].data]


@bp.route(f"{SETUP}/lots", methods=BOTH)
@access.administrator
def setup_lots(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.LOTS)
    form: Any = forms.LotsForm()
    order = manifests.lots_order(round_) if round_.lots_dice else []
    by_key = {project.key: project for project in round_.projects}
    return saved(
        round_,
        Step.LOTS,
        form,
        lambda: rules.draw_lots(round_, form.dice.data, form.record.data, by=current_user),
        order=[by_key[key] for key in order],
        stay=True,
    )
