"""The page of the desk on which auditors watch the layers with canaries."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.audit import canaries as watching
from budget_app.audit.blueprint import bp
from budget_app.audit.errors import AuditError
from budget_app.audit.forms import CanaryCastForm, CanaryFileForm, CanaryVotersForm
from budget_app.audit.pages import desk_page, status
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.rounds.models import Round
from budget_app.rounds.queries import sealed_manifest
from budget_app.translation import gettext as _
from voting.canaries import Identity


@bp.get("/canaries")
@access.auditor
def canaries(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Test voters, commitments and openings: what is handed in, and what is still to be."""
    return _canary_page(round_)


@bp.post("/canaries/enrol")
@access.auditor
def enrol_canaries(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Draw test voters; the page that answers shows them, and no other ever does."""
    form = _canary_voters_form(round_)
    identities: list[Identity] = []
    if form.validate_on_submit():
        try:
            identities = watching.enrol(
                round_, current_user, form.district.data, form.number.data or 0
            )
        except AuditError as error:
            form.number.errors = [error.message]
    return _canary_page(round_, voters=form, identities=identities), status(form)


@bp.post("/canaries/cast")
@access.auditor
def cast_canary(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Cast one sealed canary for its test voter."""
    form = CanaryCastForm(prefix="cast")
    if form.validate_on_submit():
        try:
            watching.cast(round_, form.identity_number.data or "", form.envelope.data or "")
        except AuditError as error:
            form.envelope.errors = [error.message]
        else:
            flash(_("The canary is cast."), "success")
            return redirect(url_for("audit.canaries"))
    return _canary_page(round_, cast=form), status(form)


@bp.post("/canaries/commit")
@access.auditor
def commit_canaries(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Take commitments, before the layers are opened."""
    form = CanaryFileForm(prefix="commit")
    if form.validate_on_submit():
        try:
            number = watching.hand_in(round_, current_user, _content(form))
        except AuditError as error:
            form.file.errors = [error.message]
        else:
            flash(_("%(number)s commitments are queued for the log.", number=number), "success")
            return redirect(url_for("audit.canaries"))
    return _canary_page(round_, commit=form), status(form)


@bp.post("/canaries/open")
@access.auditor
def open_canaries(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Take what the commitments were of, once both layers are opened."""
    form = CanaryFileForm(prefix="open")
    if form.validate_on_submit():
        try:
            number = watching.open_(round_, current_user, _content(form))
        except AuditError as error:
            form.file.errors = [error.message]
        else:
            flash(_("%(number)s canaries came out as sealed.", number=number), "success")
            return redirect(url_for("audit.canaries"))
    return _canary_page(round_, open=form), status(form)


def _content(form: CanaryFileForm) -> bytes:
    content: bytes = form.file.data.read(watching.LARGEST_FILE + 1)
    return content


def _canary_voters_form(round_: Round) -> CanaryVotersForm:
    form = CanaryVotersForm()
    form.district.choices = [(d.slug, plain(d.names)) for d in round_.districts]
    return form


def _canary_page(round_: Round, **values: Any) -> str:
    given: dict[str, Any] = {
        "manifest": sealed_manifest(round_),
        "standing": watching.standing(round_, current_user),
        "identities": [],
        "voters": values.get("voters") or _canary_voters_form(round_),
        "cast": CanaryCastForm(formdata=None, prefix="cast"),
        "commit": CanaryFileForm(formdata=None, prefix="commit"),
        "open": CanaryFileForm(formdata=None, prefix="open"),
    }
    return desk_page("audit/canaries.html", round_, **{**given, **values})
