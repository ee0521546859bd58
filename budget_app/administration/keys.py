"""Secrecy and keys: who holds them, their test before the vote, and the layers after it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access, meanwhile
from budget_app.accounts.forms import EmptyForm
from budget_app.administration import key_forms, texts
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import (
    BOTH,
    SETUP,
    by_field,
    enter,
    items,
    last_change,
    saved,
)
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import manifests, secrecy
from budget_app.rounds.errors import WrongRoundState
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import Round, Secrecy
from budget_app.rounds.steps import Step
from tallying.sealing.peel import stages_of
from tallying.sealing.seal import LAYERS
from voting import layers
from voting.errors import LayerRefused, WrongState
from voting.models import LayerPurpose


@bp.route(f"{SETUP}/keys", methods=BOTH)
@access.administrator
def setup_keys(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.KEYS)
    form = meanwhile.form(
        key_forms.keys_form(parliament),
        round_,
        lambda: _known(round_),
        last=last_change(round_, Step.KEYS),
        called=key_forms.fields_in_words(parliament),
    )
    return saved(
        round_,
        Step.KEYS,
        form,
        lambda: _choose(parliament, round_, form),
        layers=key_forms.LAYER_OF_BODY,
        fingerprints=secrecy.fingerprints(round_),
    )


def _known(round_: Round) -> dict[str, Any]:
    known: dict[str, Any] = {"secrecy": round_.secrecy.value}
    if round_.secrecy is not Secrecy.SEALED:
        return known
    for layer, body in round_.bodies.items():
        known |= by_field(**{f"{layer}_body": body["body"]})
        known[f"{layer}_key"] = body["key"]
        known |= {f"{layer}_signer_{n}": key for n, key in enumerate(body["signers"], start=1)}
    return known


def _choose(parliament: Parliament, round_: Round, form: Any) -> None:
    chosen = Secrecy(form.secrecy.data)
    if chosen is Secrecy.OPEN:
        secrecy.choose_open(round_, by=current_user)
    elif chosen is Secrecy.EXERCISE:
        secrecy.choose_exercise(round_, by=current_user)
    else:
        bodies = {layer: _body(parliament, form, layer) for layer in LAYERS}
        secrecy.choose_sealed(round_, bodies, by=current_user)


def _body(parliament: Parliament, form: FlaskForm, layer: str) -> dict[str, Any]:
    """One body as it was entered."""
    return {
        "body": by_language(form, f"{layer}_body", parliament.languages),
        "key": "".join(form[f"{layer}_key"].data.split()),
        "signers": [form[f"{layer}_signer_{number}"].data for number in (1, 2)],
    }


@bp.get(f"{SETUP}/conduct/layers")
@access.administrator
def open_layers(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """What the next body is to open, and the form that takes what it brings."""
    return _page(round_, _purpose(round_), key_forms.LayerForm(formdata=None))


@bp.post(f"{SETUP}/conduct/layers/stage")
@access.administrator
def fetch_stage(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The stage as a file; it is written at the first request, so this is no GET."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    path = secrecy.stage_to_open(round_, _purpose(round_))
    db.session.commit()
    return send_file(path, as_attachment=True, download_name=path.name)


@bp.post(f"{SETUP}/conduct/layers")
@access.administrator
def bring_layer(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    purpose = _purpose(round_)
    form: Any = key_forms.LayerForm()
    if not form.validate_on_submit():
        return _page(round_, purpose, form, 422)
    try:
        with TemporaryDirectory(dir=secrecy.evidence_folder()) as folder:
            stage = Path(folder) / "stage.jsonl"
            form.stage.data.save(stage)
            secrecy.take_layer(
                round_,
                purpose,
                stage=stage,
                report=form.report.data.read(),
                note=form.note.data.read(),
                by=current_user,
            )
    except (LayerRefused, WrongState) as error:
        db.session.rollback()
        form.form_errors.append(texts.layer_refusal(error))
        return _page(round_, purpose, form, 422)
    flash(_("The layer is taken."), "success")
    if secrecy.awaited_layer(round_) is None:
        return redirect(url_for("administration.conduct"))
    return redirect(url_for("administration.open_layers"))


def _purpose(round_: Round) -> LayerPurpose:
    purpose = secrecy.purpose_of(round_)
    if purpose is None:
        raise WrongRoundState
    return purpose


def _page(
    round_: Round, purpose: LayerPurpose, form: FlaskForm, status: int = 200
) -> ResponseReturnValue:
    awaited = secrecy.awaited_layer(round_)
    opened = layers.opened(db.session(), round_.poll_id, purpose)
    stages = dict(zip(("taken", "given"), stages_of(awaited), strict=True)) if awaited else {}
    page = render_template(
        "administration/layers.html",
        round=round_,
        gaps=[],
        step_name="",
        steps=items(round_, [], Step.VOTING if purpose is LayerPurpose.TEST else Step.COUNT),
        form=form,
        button=EmptyForm(formdata=None),
        testing=purpose is LayerPurpose.TEST,
        awaited=awaited,
        stages=stages,
        handed_out=secrecy.name_of_stage(round_, purpose, stages["taken"]) if stages else "",
        rules_file=manifests.file_name(round_),
        bodies=round_.bodies,
        order=key_forms.LAYER_OF_BODY,
        opened=[opened[layer] for layer in LAYERS if layer in opened],
    )
    return page, status
