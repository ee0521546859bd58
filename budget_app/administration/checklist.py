"""The step of a round's set-up that says what every proposal is checked for."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access, meanwhile
from budget_app.access import Loaded
from budget_app.administration import setup_forms as forms
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import (
    BOTH,
    SETUP,
    by_field,
    confirm,
    enter,
    last_change,
    saved,
)
from budget_app.parliaments.models import Parliament
from budget_app.reviews import checklists
from budget_app.reviews.checklists import Criterion
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import Round
from budget_app.rounds.steps import Step

CRITERION = f"{SETUP}/checklist/<criterion_key>"


@access.loader("criterion_key", gives="criterion")
def load_criterion(loaded: Loaded, key: str) -> Criterion | None:
    return next(
        (each for each in checklists.criteria_of(loaded["round_"]) if each.key == key), None
    )


@bp.route(f"{SETUP}/checklist", methods=BOTH)
@access.administrator
def setup_checklist(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """All criteria in their order, and a form that adds one."""
    enter(round_, Step.CHECKLIST)
    form = forms.criterion_form(parliament)()

    def save() -> None:
        texts = by_language(form, "text", parliament.languages)
        checklists.add_criterion(round_, texts, by=current_user)

    return saved(
        round_,
        Step.CHECKLIST,
        form,
        save,
        stay=True,
        criteria=checklists.criteria_of(round_),
        fixed=checklists.is_fixed(round_),
        most=checklists.MOST_CRITERIA,
    )


@bp.route(CRITERION, methods=BOTH)
@access.administrator
def setup_criterion(
    parliament: Parliament, round_: Round, criterion: Criterion
) -> ResponseReturnValue:
    enter(round_, Step.CHECKLIST)
    if checklists.is_fixed(round_):
        return redirect(url_for("administration.setup_checklist"))

    def present() -> dict[str, str]:
        now = (each for each in checklists.criteria_of(round_) if each.key == criterion.key)
        return by_field(text=next(now, criterion).texts)

    kind = forms.criterion_form(parliament)
    last = last_change(round_, Step.CHECKLIST, criterion=criterion.key)
    form = meanwhile.form(kind, round_, present, last=last)

    def save() -> None:
        texts = by_language(form, "text", parliament.languages)
        checklists.change_criterion(round_, criterion.key, texts, by=current_user)

    return saved(
        round_, Step.CHECKLIST, form, save, template="criterion", stay=True, criterion=criterion
    )


@bp.post(f"{CRITERION}/<any(up, down, remove):act>")
@access.administrator
def act_on_criterion(
    parliament: Parliament, round_: Round, criterion: Criterion, act: str
) -> ResponseReturnValue:
    """Move it one place, or take it away."""
    confirm(round_, Step.CHECKLIST)
    if act == "remove":
        checklists.remove_criterion(round_, criterion.key, by=current_user)
        flash(_("The criterion is removed."), "success")
    else:
        checklists.move_criterion(round_, criterion.key, up=act == "up", by=current_user)
    return redirect(url_for("administration.setup_checklist", _anchor="criteria"))
