"""Asking for what changes a sealed round: a form for each act, and what it cannot take back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access
from budget_app.administration import exceptional_forms as forms
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH, SETUP, items
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import moment
from budget_app.presentation.figures import money
from budget_app.presentation.texts import plain
from budget_app.rounds import acts
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import ActKind, OfficialAct, PhaseKind, Round
from budget_app.rounds.moments import utc
from budget_app.rounds.steps import Step
from voting.eligibility import voter_ref
from voting.manifest import read_time, write_time
from voting.revocation import Reason

Payload = dict[str, Any]


@bp.route(
    f"{SETUP}/conduct/<any(amend, extend, withdraw, revoke, destroy):change>/new", methods=BOTH
)
@access.administrator
def ask_for_change(parliament: Parliament, round_: Round, change: str) -> ResponseReturnValue:
    """The form of an exceptional act; sent, it waits for the second official."""
    wanted = ActKind(change)
    acts.refuse_unfit(round_, wanted)
    form = forms.FORMS[wanted](round_)()
    if form.validate_on_submit():
        try:
            acts.request_act(round_, wanted, by=current_user, payload=_READ[wanted](round_, form))
        except InvalidField as error:
            form[error.field].errors = [*form[error.field].errors, error.message]
        else:
            flash(_("Another administrator is asked to approve this."), "success")
            return redirect(url_for("administration.conduct"))
    return _page(round_, wanted, form)


def _page(round_: Round, kind: ActKind, form: FlaskForm) -> ResponseReturnValue:
    content = render_template(
        "administration/exceptional.html",
        round=round_,
        kind=kind,
        form=form,
        gaps=[],
        step_name="",
        steps=items(round_, [], Step.COUNT if kind is ActKind.DESTROY else Step.VOTING),
        zone=round_.parliament.timezone,
        present=voting_dates(round_),
    )
    return content, 422 if form.errors else 200


def voting_dates(round_: Round) -> dict[str, datetime]:
    """When voting begins and ends as things stand, by the field that would change it."""
    voting = round_.phase(PhaseKind.VOTING)
    return {"opens": voting.starts, "closes": voting.ends} if voting else {}


def asked_for(act: OfficialAct) -> list[tuple[str, str]]:
    """What a waiting act asks for, as names and values, for who has to approve it."""
    payload = act.payload
    names = {project.key: project.names for project in act.round_.projects}
    facts: list[tuple[str, str]] = []
    if "opens" in payload:
        facts.append((_("Beginning of the voting"), moment(read_time(payload["opens"]))))
    if "closes" in payload:
        facts.append((_("New end of the voting"), moment(read_time(payload["closes"]))))
    if "project" in payload:
        facts.append((_("Project"), plain(names.get(payload["project"]))))
    facts += [
        (_("Its name (%(language)s)", language=ENDONYMS[code]), text)
        for code, text in payload.get("names", {}).items()
    ]
    if "cost" in payload:
        facts.append((_("Its cost"), money(payload["cost"])))
    if "code" in payload:
        facts.append((_("Reason"), str(forms.REVOCATIONS[Reason(payload["code"])])))
        facts.append((_("Whose ballot, as the roll names them"), payload["voter_ref"]))
    facts += [
        (_("Reason (%(language)s)", language=ENDONYMS[code]), text)
        for code, text in (payload.get("reason") or payload.get("what") or {}).items()
    ]
    return facts


def _amendment(round_: Round, form: Any) -> Payload:
    """Only what was filled in."""
    names = by_language(form, "name", round_.parliament.languages)
    filled = {"project": form.project.data, "names": names}
    payload: Payload = {name: value for name, value in filled.items() if value}
    if form.cost.data is not None:
        payload["cost"] = form.cost.data
    return {**payload, **_dates(round_, form), "what": _reason(round_, form)["reason"]}


def _dates(round_: Round, form: Any) -> Payload:
    """The dates that were filled in, from the parliament's time zone."""
    return {
        name: write_time(utc(form[name].data, round_.parliament.zone))
        for name in ("opens", "closes")
        if name in form and form[name].data is not None
    }


def _extension(round_: Round, form: Any) -> Payload:
    return {**_dates(round_, form), **_reason(round_, form)}


def _withdrawal(round_: Round, form: Any) -> Payload:
    return {"project": form.project.data, **_reason(round_, form)}


def _revocation(round_: Round, form: Any) -> Payload:
    """The identity number itself is kept nowhere."""
    keys = current_app.extensions["keys"]
    reference = voter_ref(keys, round_.poll_id, form.identity_number.data)
    return {"voter_ref": reference, "code": form.code.data}


def _reason(round_: Round, form: Any) -> Payload:
    return {"reason": by_language(form, "reason", round_.parliament.languages)}


_READ: dict[ActKind, Callable[[Round, Any], Payload]] = {
    ActKind.AMEND: _amendment,
    ActKind.EXTEND: _extension,
    ActKind.WITHDRAW: _withdrawal,
    ActKind.REVOKE: _revocation,
    ActKind.DESTROY: lambda _round, _form: {},
}
