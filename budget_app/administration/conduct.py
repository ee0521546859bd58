"""Opening, closing and counting: asked for by one administrator, approved by another."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.administration.blueprint import bp
from budget_app.administration.exceptional import asked_for
from budget_app.administration.pages import SETUP, items
from budget_app.administration.rule_forms import DiceForm
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import acts
from budget_app.rounds.errors import InvalidField, RoundError
from budget_app.rounds.manifests import privacy
from budget_app.rounds.models import ActKind, ActState, OfficialAct, Round
from budget_app.rounds.queries import acts_of, turnout, turnout_by_district
from budget_app.rounds.secrecy import awaited_layer
from budget_app.rounds.seeds import digits_of, seed_of
from budget_app.rounds.steps import Step
from voting import clock, compaction


@bp.get(f"{SETUP}/conduct")
@access.administrator
def conduct(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The next act, who asked for it, how far it is, and the live turnout."""
    if not round_.is_sealed:
        return redirect(url_for("administration.setup"))
    return _page(round_, DiceForm(formdata=None))


@bp.post(f"{SETUP}/conduct/<any(open, close, count):kind>")
@access.administrator
def request_act(parliament: Parliament, round_: Round, kind: str) -> ResponseReturnValue:
    wanted = ActKind(kind)
    form: Any = DiceForm() if _asks_for_dice(round_, wanted) else EmptyForm()
    if not form.validate_on_submit():
        return _page(round_, form, 422)
    try:
        acts.request_act(round_, wanted, by=current_user, payload=_payload(form))
    except InvalidField as error:
        form.dice.errors = [*form.dice.errors, error.message]
        return _page(round_, form, 422)
    flash(_("Another administrator is asked to approve this."), "success")
    return redirect(url_for("administration.conduct"))


@bp.post(f"{SETUP}/conduct/<int:act_id>/approve")
@access.administrator
def approve_act(parliament: Parliament, round_: Round, act: OfficialAct) -> ResponseReturnValue:
    _confirmed()
    acts.approve_act(act, by=current_user)
    return redirect(url_for("administration.conduct"))


@bp.post(f"{SETUP}/conduct/<int:act_id>/withdraw")
@access.administrator
def withdraw_act(parliament: Parliament, round_: Round, act: OfficialAct) -> ResponseReturnValue:
    _confirmed()
    acts.withdraw_act(act, by=current_user)
    own = act.requested_by_id == current_user.id
    flash(_("The request is withdrawn.") if own else _("The request is refused."), "success")
    return redirect(url_for("administration.conduct"))


def _page(round_: Round, form: Any, status: int = 200) -> ResponseReturnValue:
    pending = acts.pending(round_)
    following = acts.next_act(round_)
    step = Step.COUNT if following is ActKind.COUNT else Step.VOTING
    page = render_template(
        "administration/conduct.html",
        round=round_,
        gaps=[],
        step_name="",
        steps=items(round_, [], step),
        form=form,
        button=EmptyForm(formdata=None),
        pending=pending,
        running=pending is not None and pending.state is ActState.APPROVED,
        mine=pending is not None and pending.requested_by_id == current_user.id,
        next_act=following,
        refusal=_refusal(round_, following),
        awaits_layer=awaited_layer(round_) is not None,
        asked=asked_for(pending) if pending else [],
        exceptional=acts.exceptional_acts(round_),
        disk_waits=pending is None and round_.poll_id in compaction.waiting(db.session()),
        past=acts_of(round_),
        asks_for_dice=following is not None and _asks_for_dice(round_, following),
        turnout=turnout(round_),
        by_district=turnout_by_district(round_),
        least=privacy(round_).least_cell,
        now=clock.now(db.session()),
    )
    return page, status


def _refusal(round_: Round, kind: ActKind | None) -> str:
    """Why the next act cannot be asked for yet; empty when it can."""
    if kind is None:
        return ""
    try:
        acts.refuse_unfit(round_, kind)
    except RoundError as error:
        return error.message
    return ""


def _asks_for_dice(round_: Round, kind: ActKind) -> bool:
    return kind is ActKind.COUNT and acts.needs_seed(round_)


def _payload(form: Any) -> dict[str, Any]:
    """The seed of the thrown dice, with the record of the draw."""
    if not isinstance(form, DiceForm):
        return {}
    dice = digits_of(str(form.dice.data))
    return {"seed": seed_of(dice), "record": f"{form.record.data}\nDice: {dice}"}


def _confirmed() -> None:
    if not EmptyForm().validate_on_submit():
        abort(400)
