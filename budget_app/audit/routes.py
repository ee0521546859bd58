"""The pages of an audit: the public log and evidence, the auditor's desk, objections and answers."""

from pathlib import Path
from typing import Any

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import Role
from budget_app.addresses import page_number
from budget_app.audit import canaries, canary_views, published, queries, services
from budget_app.audit.blueprint import bp
from budget_app.audit.errors import AuditError
from budget_app.audit.forms import (
    AnswerForm,
    AttestForm,
    KeyForm,
    ObjectionForm,
)
from budget_app.audit.models import Objection
from budget_app.audit.pages import desk_page, status
from budget_app.parliaments.models import Parliament
from budget_app.results.models import Count
from budget_app.results.queries import counts, newest_count
from budget_app.results.services import editions
from budget_app.rounds.manifests import privacy
from budget_app.rounds.models import Round
from budget_app.rounds.queries import sealed_manifest
from budget_app.translation import gettext as _
from voting.models import LogCheckpoint
from voting.tile_files import TileFile

__all__ = ["bp", "canary_views"]


@bp.get("/log")
@access.public
def log(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The public log: its checkpoint, and its entries from the newest to the first."""
    checkpoint = queries.checkpoint(round_)
    pages, page, start, end = queries.page_of(checkpoint, page_number())
    return render_template(
        "audit/log.html",
        round=round_,
        poll=queries.poll_of(round_),
        checkpoint=checkpoint,
        note=queries.cosigned(checkpoint) if checkpoint else "",
        entries_a_file=published.ENTRIES_A_FILE,
        **queries.witnessing(round_),
        entries=queries.entries_of(round_.poll_id, start, end)[::-1],
        page=page,
        pages=pages,
    )


@bp.get("/log/checkpoint")
@access.public
def checkpoint(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The newest signed checkpoint, with the signatures of witnesses."""
    return published.checkpoint(_newest_checkpoint(round_))


@bp.get("/log/tile/<path:tile_name>")
@access.public
def tile(parliament: Parliament, round_: Round, tile_name: str) -> ResponseReturnValue:
    """A tile of hashes or a bundle of entries, as other people's tools ask for them."""
    newest, file = _newest_checkpoint(round_), TileFile.parse(tile_name)
    if file is None or not file.is_in(newest.size):
        abort(404)
    return published.tile(round_, newest, file)


@bp.get("/log/entries.jsonl")
@access.public
def entries(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Entries that the newest checkpoint covers, one a line, byte for byte, from `start`."""
    newest = _newest_checkpoint(round_)
    start = request.args.get("start", 0, type=int)
    if not 0 <= start < newest.size:
        abort(404)
    return published.entries(round_, newest, start, url_for("audit.entries"))


@bp.get("/evidence")
@bp.get("/evidence/<int:version>")
@access.public
def evidence(
    parliament: Parliament, round_: Round, count: Count | None = None
) -> ResponseReturnValue:
    """Everything that lets anybody check the count on a machine of their own."""
    shown = count or newest_count(round_)
    if shown is None:
        return render_template("audit/nothing.html", round=round_)
    return render_template("audit/evidence.html", round=round_, **_evidence(round_, shown))


@bp.get("/bundle")
@bp.get("/bundle/<int:version>")
@access.public
def bundle(
    parliament: Parliament, round_: Round, count: Count | None = None
) -> ResponseReturnValue:
    """The public edition."""
    return _send(editions(_published(round_, count)).public)


@bp.get("/auditor-bundle")
@bp.get("/auditor-bundle/<int:version>")
@access.auditor
def auditor_bundle(
    parliament: Parliament, round_: Round, count: Count | None = None
) -> ResponseReturnValue:
    """The auditors' edition, which also holds what is restricted."""
    return _send(editions(_published(round_, count)).auditor)


@bp.get("/")
@access.auditor
def desk(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """What the auditor has to look at, and what is still to do."""
    count = newest_count(round_)
    shown = _evidence(round_, count) if count else {}
    return desk_page("audit/desk.html", round_, manifest=sealed_manifest(round_), **shown)


@bp.route("/key", methods=["GET", "POST"])
@access.auditor
def key(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Register the key whose signatures count."""
    form = KeyForm()
    if form.validate_on_submit():
        try:
            services.register_key(parliament, current_user, form.verifier_key.data or "")
        except AuditError as error:
            form.verifier_key.errors = [error.message]
        else:
            flash(_("Your key is registered."), "success")
            return redirect(url_for("audit.attest"))
    return desk_page("audit/key.html", round_, form=form), status(form)


@bp.route("/attest", methods=["GET", "POST"])
@access.auditor
def attest(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Sign that the count is right, by an uploaded note or in the page."""
    form, count = AttestForm(), newest_count(round_)
    if count and form.validate_on_submit():
        try:
            services.attest(count, current_user, form.given)
        except AuditError as error:
            form.note.errors = [error.message]
        else:
            flash(_("Your attestation is on the record."), "success")
            return redirect(url_for("audit.desk"))
    statement = queries.statement_of(count) if count else None
    page = desk_page("audit/attest.html", round_, form=form, statement=statement)
    return page, status(form)


@bp.route("/objection", methods=["GET", "POST"])
@access.auditor
def object_(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Object with reasons."""
    form, count = ObjectionForm(), newest_count(round_)
    if count and form.validate_on_submit():
        try:
            services.object_(count, current_user, form.reasons.data or "")
        except AuditError as error:
            form.reasons.errors = [error.message]
        else:
            flash(_("Your objection is on the record. An administrator must answer it."), "success")
            return redirect(url_for("audit.desk"))
    return desk_page("audit/object.html", round_, form=form), status(form)


@bp.route("/objections/<int:objection_id>/answer", methods=["GET", "POST"])
@access.administrator
def answer(parliament: Parliament, round_: Round, objection: Objection) -> ResponseReturnValue:
    """Answer for the parliament."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            services.answer_objection(objection, current_user, form.answer.data or "")
        except AuditError as error:
            form.answer.errors = [error.message]
        else:
            flash(_("Your answer is on the record."), "success")
            return redirect(url_for("audit.evidence"))
    page = render_template("audit/answer.html", round=round_, objection=objection, form=form)
    return page, status(form)


@bp.post("/objections/<int:objection_id>/<any(withdraw, uphold):verb>")
@access.auditor
def conclude(
    parliament: Parliament, round_: Round, objection: Objection, verb: str
) -> ResponseReturnValue:
    """Withdraw one's own objection, or uphold it: then the count is annulled."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    if verb == "withdraw":
        services.withdraw_objection(objection, current_user)
        flash(_("Your objection is withdrawn."), "success")
    else:
        services.uphold_objection(objection, current_user)
        flash(_("The result is annulled. The round can be counted again."), "success")
    return redirect(url_for("audit.desk"))


@bp.app_errorhandler(AuditError)
def refused(error: AuditError) -> ResponseReturnValue:
    """One clear sentence, and nothing changed."""
    return render_template("errors/409.html", message=error.message), 409


def _evidence(round_: Round, count: Count) -> dict[str, Any]:
    """What the evidence page and the desk both show of a count."""
    return {
        "count": count,
        "versions": counts(round_),
        "poll": queries.poll_of(round_),
        "statement": queries.statement_of(count),
        "policy": queries.policy_of(round_),
        "files": queries.bundle_files(count),
        "reconciliation": queries.reconciliation(count),
        "privacy": queries.privacy_report(count),
        "terms": privacy(round_),
        "watched": canaries.watched(count),
        "attestations": queries.attestations(count),
        "objections": queries.objections(count),
        "audits": _holds(Role.AUDITOR, round_.parliament),
        "administers": _holds(Role.ADMINISTRATOR, round_.parliament),
        "button": EmptyForm(formdata=None),
    }


def _newest_checkpoint(round_: Round) -> LogCheckpoint:
    found = queries.checkpoint(round_)
    if found is None:
        abort(404)
    return found


def _published(round_: Round, count: Count | None) -> Count:
    found = count or newest_count(round_)
    if found is None:
        abort(404)
    return found


def _send(path: Path) -> ResponseReturnValue:
    if not path.exists():
        abort(404)
    return send_file(path, mimetype="application/zip", as_attachment=True)


def _holds(role: Role, parliament: Parliament) -> bool:
    return current_user.is_authenticated and role in current_user.roles_in(parliament)
