"""The step of a round's set-up that names the witnesses of its public log."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access, meanwhile
from budget_app.accounts.models import User
from budget_app.administration import witness_forms as forms
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH, SETUP, confirm, enter, last_change, saved
from budget_app.parliaments.models import Parliament
from budget_app.rounds import witnesses
from budget_app.rounds.models import LogWitness, Round
from budget_app.rounds.steps import Step


@bp.route(f"{SETUP}/witnesses", methods=BOTH)
@access.administrator
def setup_witnesses(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """All witnesses, and a form that adds one."""
    enter(round_, Step.WITNESSES)
    form: Any = forms.WitnessForm()

    def save() -> None:
        witnesses.add_witness(
            round_, form.name.data, form.key.data, form.address.data, by=current_user
        )

    quorum = _quorum_form(round_, formdata=None)
    return saved(round_, Step.WITNESSES, form, save, stay=True, quorum=quorum)


@bp.route(f"{SETUP}/witnesses/required", methods=BOTH)
@access.administrator
def setup_quorum(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """How many of them must sign."""
    enter(round_, Step.WITNESSES)
    quorum: Any = _quorum_form(round_)
    return saved(
        round_,
        Step.WITNESSES,
        quorum,
        lambda: witnesses.require_witnesses(round_, quorum.required.data, by=current_user),
        template="quorum",
    )


@bp.post(f"{SETUP}/witnesses/<int:witness_id>/remove")
@access.administrator
def remove_witness(
    parliament: Parliament, round_: Round, witness: LogWitness
) -> ResponseReturnValue:
    confirm(round_, Step.WITNESSES)
    witnesses.remove_witness(witness, by=current_user)
    flash(_("The witness is removed."), "success")
    return redirect(url_for("administration.setup_witnesses"))


def _quorum_form(round_: Round, **options: Any) -> Any:
    """How many must sign, which is nobody's words while there is no witness."""

    def present() -> dict[str, int | None]:
        return {"required": round_.witnesses_required or None}

    def last() -> User | None:
        return last_change(round_, Step.WITNESSES, required=round_.witnesses_required)()

    return meanwhile.form(forms.QuorumForm, round_, present, last=last, **options)
