"""The voter's verbs: find one's place on the roll, review, cast, have the receipt sent."""

from contextlib import suppress
from datetime import date
from functools import lru_cache

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from budget_app.accounts.models import User
from budget_app.booth import queries
from budget_app.booth.drafts import Draft
from budget_app.extensions import db, new_sessions
from budget_app.mailing.outbox import post
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.models import Round
from voting import acceptances, box, eligibility, receipts
from voting.acceptances import HandedIn
from voting.box import Acceptance, CastRequest
from voting.database import transaction
from voting.eligibility import Eligibility
from voting.receipts import OwnBallot, ReceiptState, ReceiptStatus

Texts = tuple[tuple[str, str], ...]


def claim_place(
    round_: Round, user: User, identity_number: str, date_of_birth: date
) -> Eligibility:
    """Bind the account to its place on the roll; raises `NotEligible` with a code."""
    held = queries.place_of(round_, user)
    answer = eligibility.claim(
        db.session(),
        queries.keys(),
        round_.poll_id,
        account=queries.account_name(round_, user),
        identity_number=identity_number,
        date_of_birth=date_of_birth,
        verified_email=user.email,
    )
    if held.voter_ref is None:
        record(Act.ROLL_CLAIMED, actor=user, round_=round_)
    return answer


def check_receipt(round_: Round, code: str) -> ReceiptStatus:
    """What the log says of a receipt; a look that finds one is counted, beside the reading request.

    A database that is busy loses the count of one look, and nobody's answer.
    """
    status = queries.receipt_status(round_, code)
    if status.state is ReceiptState.LOGGED:
        with suppress(OperationalError), transaction(new_sessions()) as session:
            receipts.count_check(session, round_.poll_id)
    return status


def hand_in(round_: Round, content: bytes) -> tuple[HandedIn, ReceiptStatus]:
    """Keep an acceptance for the bundle, and look its ballot up.

    Raises `NoAcceptance` for what the round's receipt key did not sign.
    """
    handed_in = acceptances.hand_in(db.session(), round_.poll_id, content)
    status = queries.receipt_status(round_, handed_in.code)
    if status.state is ReceiptState.LOGGED:
        receipts.count_check(db.session(), round_.poll_id)
    return handed_in, status


def begin_casting(round_: Round, voter_ref: str) -> str:
    """A token for one review page."""
    return box.issue_token(db.session(), round_.poll_id, voter_ref)


def cast_ballot(
    round_: Round, user: User, voter_ref: str, token: str, ballot: Draft | bytes
) -> Acceptance:
    """Put the ballot in the box and tell the voter by mail; raises a `CastRefused`.

    The ballot is a draft, or the envelope in which the voter's browser has sealed it.
    """
    sealed = isinstance(ballot, bytes)
    body = ballot if isinstance(ballot, bytes) else ballot.body()
    request = CastRequest(round_.poll_id, voter_ref, token, body, sealed=sealed)
    acceptance = box.cast(db.session(), request)
    if not acceptance.repeated:
        post(user.email, *_notice(round_), about=round_.poll_id)
    return acceptance


def _notice(round_: Round) -> tuple[str, str]:
    """Subject and text of the mail about a recorded ballot: the same for all voters of a language."""
    parliament = round_.parliament
    return _written_notice(
        str(get_locale()),
        tuple(round_.titles.items()),
        tuple(parliament.names.items()),
        tuple(parliament.languages),
    )


@lru_cache(maxsize=1024)
def _written_notice(
    _language: str, titles: Texts, _names: Texts, _languages: tuple[str, ...]
) -> tuple[str, str]:
    """Remembered by all that the text says; `g` has the names of the parliament."""
    text = render_template("emails/ballot_recorded.txt", titles=dict(titles))
    return _("A ballot was recorded in your name"), text


def send_receipt(round_: Round, user: User, ballot: OwnBallot, address: str) -> None:
    """Mail the receipt's code, and where it can be checked, to the voter."""
    body = render_template("emails/receipt.txt", round=round_, code=ballot.code, address=address)
    post(user.email, _("Your receipt"), body, about=round_.poll_id)
