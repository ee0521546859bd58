"""Voting: choose, review, cast, receipt; "can I vote?"; and the public check of a receipt.

The views that carry a ballot are open to everybody and decide themselves what to answer: a
redirect to the sign-in page would lose the ballot, which lives in the posted form and nowhere else.
For the same reason they check the form's token themselves, after the ballot is read.
"""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts import limits
from budget_app.accounts.forms import EmptyForm
from budget_app.booth import pages, queries, sealing, services
from budget_app.booth.drafts import Draft, read_draft, rearranged
from budget_app.booth.forms import CastForm, EligibilityForm, HandInForm
from budget_app.booth.queries import VotingState
from budget_app.extensions import csrf, db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round
from voting import errors, receipts
from voting.database import begin_reading
from voting.eligibility import Code
from voting.receipts import ReceiptState

bp = Blueprint("booth", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/vote")

LARGEST_FORM = 1_000_000
"""Bytes; thousands of projects fit."""


@bp.before_request
def limit_form() -> None:
    request.max_content_length = LARGEST_FORM


@bp.get("")
@access.public
def choose(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    time = queries.voting_time(round_)
    if time.state is not VotingState.OPEN:
        return pages.not_open(round_, time)
    asked = request.args.get("district")
    paper = pages.visitors_paper(round_, pages.own_place(round_), asked)
    if paper is None:
        return pages.choose_district(round_)
    goes_on = request.args.get("then") == "review"
    chosen_of = asked if goes_on and asked != paper.box_id else None
    return pages.ballot(round_, paper, Draft(paper.style), chosen_of=chosen_of, goes_on=goes_on)


@bp.post("")
@csrf.exempt
@access.public
def compose(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The ballot again, after a button of the form: it changes nothing but the form itself."""
    pages.refuse_other_sites()
    time = queries.voting_time(round_)
    if time.state is not VotingState.OPEN:
        return pages.not_open(round_, time)
    paper = pages.visitors_paper(round_, pages.own_place(round_), request.form.get("box"))
    if paper is None:
        return pages.choose_district(round_)
    draft = read_draft(paper.style, request.form)
    return pages.ballot(round_, paper, rearranged(draft, request.form.get("act", "")))


@bp.get("/review")
@bp.get("/cast")
@access.public
def go_on(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """A posted page asked for by its address (another language, a bookmark): the ballot instead."""
    return redirect(url_for("booth.choose", then="review"))


@bp.post("/review")
@csrf.exempt
@access.public
def review(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    pages.refuse_other_sites()
    time = queries.voting_time(round_)
    if time.state is not VotingState.OPEN:
        return pages.not_open(round_, time, status=409)
    place = pages.own_place(round_)
    paper = pages.visitors_paper(round_, place, request.form.get("box"))
    if paper is None:
        return pages.choose_district(round_)
    here = sealing.stays_in_page(paper, request.form)
    draft = None if here else read_draft(paper.style, request.form)
    sent_box = request.form.get("box")
    if sent_box != paper.box_id:
        empty = draft or Draft(paper.style)
        return pages.ballot(round_, paper, empty, chosen_of=sent_box), 422
    if draft and (reasons := draft.reasons(paper.election)):
        return pages.ballot(round_, paper, draft, reasons), 422
    missing = pages.what_is_missing()
    if missing:
        return pages.kept(round_, paper, draft, missing)
    if place is None or place.voter_ref is None:
        return pages.kept(round_, paper, draft, "roll")
    if place.code is not Code.ELIGIBLE:
        return pages.kept(round_, paper, draft, "right")
    token = services.begin_casting(round_, place.voter_ref)
    return pages.review(round_, paper, draft, CastForm(token=token, formdata=None), time)


@bp.post("/cast")
@csrf.exempt
@access.public
def cast(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Put the ballot in the box: committed before the answer leaves, the same answer for a retry."""
    pages.refuse_other_sites()
    place = pages.own_place(round_)
    time = queries.voting_time(round_)
    if time.opens is None:
        return pages.not_open(round_, time, status=409)
    paper = pages.visitors_paper(round_, place, request.form.get("box"))
    if paper is None:
        abort(400)
    sent = sealing.read_cast(paper, request.form)
    draft = sent if isinstance(sent, Draft) else None
    token = request.form.get("token", "")
    missing = pages.what_is_missing() or ("" if pages.is_confirmed(token) else "confirmation")
    if missing:
        return pages.kept(round_, paper, draft, missing), 403
    if place is None or place.voter_ref is None:
        return pages.kept(round_, paper, draft, "roll"), 403
    if draft and (reasons := draft.reasons(paper.election)):
        return pages.ballot(round_, paper, draft, reasons), 422
    try:
        acceptance = services.cast_ballot(round_, current_user, place.voter_ref, token, sent)
    except errors.CastRefused as refusal:
        return pages.refused(round_, paper, draft, refusal)
    return pages.accepted(acceptance)


@bp.get("/receipt")
@bp.get("/receipt/<code>")
@access.signed_in
def receipt(parliament: Parliament, round_: Round, code: str | None = None) -> ResponseReturnValue:
    """The voter's own page: the receipt of the last ballot, or of the one just cast."""
    ballot = queries.own_ballot(round_, current_user, code)
    if ballot is None and code is None:
        flash(_("You have not voted in this round yet."), "info")
        return redirect(url_for("booth.choose"))
    if ballot is None:
        abort(404)
    return pages.receipt(round_, ballot)


@bp.get("/receipt/<code>/acceptance")
@access.signed_in
def acceptance(parliament: Parliament, round_: Round, code: str) -> ResponseReturnValue:
    """The signed promise that the ballot's entry will be in the log, as a file."""
    ballot = queries.own_ballot(round_, current_user, code)
    if ballot is None:
        abort(404)
    note = receipts.acceptance(queries.keys(), round_.poll_id, ballot.leaf_hash)
    return _download(note, f"acceptance-{ballot.code}.txt")


@bp.post("/receipt/<code>/send")
@access.signed_in
def send_receipt(parliament: Parliament, round_: Round, code: str) -> ResponseReturnValue:
    ballot = queries.own_ballot(round_, current_user, code)
    if ballot is None or not EmptyForm().validate_on_submit():
        abort(404)
    limits.hit("send-receipt", str(current_user.id), limit=5, seconds=3600)
    services.send_receipt(round_, current_user, ballot, pages.check_address(ballot.code))
    flash(_("The receipt is on its way to your e-mail address."), "success")
    return redirect(url_for("booth.receipt", code=ballot.code), 303)


@bp.get("/check")
@access.public
def check(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Whether a receipt's entry is in the public log; for everybody, signed out."""
    code = request.args.get("code", "").strip()[:40]
    status = services.check_receipt(round_, code) if code else None
    return pages.check(round_, HandInForm(formdata=None), code, status)


@bp.post("/check")
@access.public
def hand_in(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Keep a signed acceptance for the bundle, signed out too; a code alone would prove nothing."""
    limits.hit("hand-in", limits.source(), limit=60, seconds=3600)
    form, handed_in, status = HandInForm(), None, None
    if form.validate():
        try:
            handed_in, status = services.hand_in(round_, form.content)
        except errors.NoAcceptance:
            form.refuse()
    db.session.commit()
    begin_reading()
    if handed_in is None:
        return pages.check(round_, form), 422
    return pages.check(round_, HandInForm(formdata=None), handed_in.code, status, handed_in)


@bp.get("/check/<code>/proof")
@access.public
def proof(parliament: Parliament, round_: Round, code: str) -> ResponseReturnValue:
    """The inclusion proof of an entry, as other people's tools read it (`tlog-proof@v1`)."""
    status = queries.receipt_status(round_, code)
    if status.state is not ReceiptState.LOGGED or status.proof is None:
        abort(404)
    return _download(status.proof.encode(), f"receipt-{status.code}.tlog-proof")


@bp.get("/eligibility")
@access.public
def eligibility(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    then, district = request.args.get("then", ""), request.args.get("district", "")
    return pages.can_i_vote(round_, EligibilityForm(formdata=None, then=then, district=district))


@bp.post("/eligibility")
@access.signed_in
def claim_place(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Join the account to a place on the roll, once whose place it is has been confirmed.

    An unknown number and a wrong birth date get one answer, and before that press none.
    """
    form, press = EligibilityForm(), request.form.get("press")
    if not form.validate():
        return pages.can_i_vote(round_, form), 422
    if press != "join":
        return pages.can_i_vote(round_, form, confirms=press != "change")
    limits.hit("eligibility", str(current_user.id), limit=10, seconds=3600)
    limits.hit("eligibilities", limits.source(), limit=100, seconds=3600)
    try:
        services.claim_place(
            round_, current_user, form.identity_number.data or "", form.date_of_birth
        )
    except errors.NotEligible as refusal:
        return pages.can_i_vote(round_, form, Code(refusal.reason)), 422
    then, district = form.then.data or None, form.district.data or None
    return redirect(url_for("booth.eligibility", then=then, district=district), 303)


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
