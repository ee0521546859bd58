"""The booth's pages: what each shows, and which answer a refused ballot gets."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from budget_app import moment
from budget_app.accounts import sessions
from budget_app.addresses import remembered
from budget_app.booth import queries
from budget_app.booth.drafts import Draft
from budget_app.booth.forms import CastForm, EligibilityForm, HandInForm
from budget_app.booth.picture import picture
from budget_app.booth.queries import BallotPaper, VotingTime
from budget_app.booth.reasons import sentence
from budget_app.booth.running_total import running_total, script_data
from budget_app.rounds.models import Round
from budget_app.rounds.queries import turnout
from tallying.ballots import Reason
from tallying.evidence.acceptance import CODE_BYTES, receipt_code
from voting import errors
from voting.acceptances import HandedIn
from voting.box import Acceptance
from voting.eligibility import Code, Eligibility
from voting.receipts import OwnBallot, ReceiptState, ReceiptStatus

BLANK_CODE = receipt_code(bytes(CODE_BYTES))
LONGEST_TOKEN = 64
"""Of a cast: more than any that a review page holds."""


def refuse_other_sites() -> None:
    """400 for a form that another site posts: these forms are read before their token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_own = site in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin")
        is_own = origin is None or urlsplit(origin).netloc == request.host
    if not is_own:
        abort(400)


def own_place(round_: Round) -> Eligibility | None:
    """The visitor's place on the roll; None when signed out or not found on the roll yet."""
    if not current_user.is_authenticated:
        return None
    place = queries.place_of(round_, current_user)
    return place if place.box_id is not None else None


def visitors_paper(
    round_: Round, place: Eligibility | None, asked: str | None
) -> BallotPaper | None:
    """The ballot of the voter's own district; before it is known, of the one asked for."""
    if place is not None and place.box_id is not None:
        return queries.ballot_paper(round_, place.box_id)
    boxes = queries.boxes(round_)
    if len(boxes) == 1:
        return queries.ballot_paper(round_, boxes[0].id)
    return queries.ballot_paper(round_, asked) if asked else None


def what_is_missing() -> str:
    """What keeps the visitor from voting this minute: `sign_in`, `fresh_sign_in`, or nothing."""
    if not current_user.is_authenticated:
        return "sign_in"
    return "" if sessions.is_fresh(moment.now()) else "fresh_sign_in"


def is_confirmed(token: str) -> bool:
    """Whether a review page of this visit sent the form: no form is built to read two fields."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return 0 < len(token) <= LONGEST_TOKEN


def not_open(round_: Round, time: VotingTime, status: int = 200) -> ResponseReturnValue:
    page = render_template("booth/not_open.html", round=round_, time=time, place=own_place(round_))
    return page, status


def choose_district(round_: Round) -> str:
    return render_template("booth/choose_district.html", round=round_, boxes=queries.boxes(round_))


def ballot(
    round_: Round,
    paper: BallotPaper,
    draft: Draft,
    reasons: Sequence[Reason] = (),
    *,
    chosen_of: str | None = None,
    goes_on: bool = False,
) -> str:
    """The ballot with what was filled in so far; `reasons` stand at their projects and on top.

    `chosen_of` is the box whose ballot the visitor has filled in, where that is another one;
    `goes_on` tells of a visitor who comes back to a ballot, which without scripts waits elsewhere.
    """
    words = request.form.get("q", "").strip()
    category = request.form.get("category", "")
    place = own_place(round_)
    return render_template(
        "booth/choose.html",
        round=round_,
        paper=paper,
        draft=draft,
        place=place,
        voted=place is not None and queries.own_ballot(round_, current_user, None) is not None,
        goes_on=goes_on,
        faults=[(reason.project_id, sentence(reason, paper)) for reason in reasons],
        chosen_elsewhere=queries.district_of(round_, chosen_of) if chosen_of else None,
        words=words,
        category=category,
        shown=queries.matching(paper, words, category),
        turnout=turnout(round_),
        time=queries.voting_time(round_),
        total=running_total(paper, draft),
        script_data=script_data(round_, paper),
    )


def kept(round_: Round, paper: BallotPaper, draft: Draft | None, missing: str) -> str:
    """What has to happen before the ballot can be cast; the page itself keeps the ballot.

    Without a draft it is the tab that keeps it.
    """
    back = url_for("booth.choose", then="review", district=paper.box_id)
    return render_template(
        "booth/kept.html", round=round_, paper=paper, draft=draft, missing=missing, back=back
    )


def review(
    round_: Round, paper: BallotPaper, draft: Draft | None, form: CastForm, time: VotingTime
) -> str:
    """The ballot to read once more, with the one button; without a draft the page shows its own."""
    values = {"round": round_, "paper": paper, "form": form, "time": time}
    if draft is None:
        data = script_data(round_, paper)
        return render_template("booth/review_sealed.html", **values, script_data=data)
    return render_template("booth/review.html", **values, draft=draft)


def accepted(acceptance: Acceptance) -> ResponseReturnValue:
    """On to the receipt; a script that sent an envelope is told where it is."""
    target = _of_receipt("booth.receipt", acceptance.code)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(receipt=target)
    return redirect(target, 303)


def refused(
    round_: Round, paper: BallotPaper, draft: Draft | None, refusal: errors.CastRefused
) -> ResponseReturnValue:
    """The answer to a ballot that the box did not take; nothing was recorded."""
    match refusal:
        case errors.InvalidBallot() if draft is not None:
            return ballot(round_, paper, draft, refusal.reasons), 422
        case errors.InvalidBallot():
            return kept(round_, paper, None, "envelope"), 422
        case errors.RoundClosed() | errors.RoundNotOpen():
            return not_open(round_, queries.voting_time(round_), status=409)
        case errors.TokenUsed():
            page = render_template(
                "booth/already_cast.html", round=round_, paper=paper, draft=draft
            )
            return page, 409
        case errors.NotOnRoll():
            return kept(round_, paper, draft, "right"), 403
        case _:
            return kept(round_, paper, draft, "confirmation"), 403


def receipt(round_: Round, own: OwnBallot) -> str:
    status = queries.receipt_status(round_, own.code)
    address = check_address(own.code)
    return render_template(
        "booth/receipt.html",
        round=round_,
        own=own,
        seal=queries.seal(round_),
        status=status,
        logged=status.state is ReceiptState.LOGGED,
        picture=picture(address.removesuffix(own.code), own.code),
        check_address=address,
        proof_address=_of_receipt("booth.proof", own.code),
        acceptance_address=_of_receipt("booth.acceptance", own.code),
        send_address=_of_receipt("booth.send_receipt", own.code),
        time=queries.voting_time(round_),
    )


def check(
    round_: Round,
    form: HandInForm,
    code: str = "",
    status: ReceiptStatus | None = None,
    handed_in: HandedIn | None = None,
) -> str:
    """The public check of a receipt, by its code or by an acceptance that was handed in."""
    return render_template(
        "booth/check.html",
        round=round_,
        code=code,
        status=status,
        handed_in=handed_in,
        form=form,
        checks=queries.receipt_checks(round_),
        poll=queries.poll_of(round_),
        policy=queries.policy(round_),
    )


def check_address(code: str) -> str:
    """Where anybody can check a receipt; it holds the code and nothing of the choices."""
    return _of_receipt("booth.check", code, _external=True)


def _of_receipt(endpoint: str, code: str, **values: bool) -> str:
    """Addresses of receipts differ in the code alone, so they are built once for all receipts."""
    blank = remembered(endpoint, code=BLANK_CODE, **values)
    return code.join(blank.rsplit(BLANK_CODE, 1))


def can_i_vote(
    round_: Round, form: EligibilityForm, refusal: Code | None = None, *, confirms: bool = False
) -> str:
    """Whether the visitor can vote; with `confirms`, whose place is about to be joined to whom.

    That step says nothing of the roll: nobody learns by it who stands there.
    """
    return render_template(
        "booth/join.html" if confirms else "booth/eligibility.html",
        round=round_,
        form=form,
        refusal=refusal,
        place=own_place(round_),
        time=queries.voting_time(round_),
        boxes={box.id: box.name for box in queries.boxes(round_)} if round_.is_sealed else {},
    )
