"""Co-authors: invited by their address, and named once they have accepted."""

import secrets

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.accounts.services import normal_email
from budget_app.accounts.sessions import token_hash
from budget_app.extensions import db
from budget_app.mailing.outbox import address, post
from budget_app.proposals.models import Coauthor, Proposal
from budget_app.proposals.services import begin_rewriting, refuse_rewriting
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import InvalidField, RoundError
from budget_app.rounds.models import Round
from voting import clock

MOST_COAUTHORS = 10


class SentToAnother(RoundError):
    """The invitation was sent to another address than the account's."""

    sentence = _l(
        "This invitation was sent to another address than yours."
        " Sign in with the address that received it."
    )


class AlreadyWriting(RoundError):
    """The author, or somebody who has accepted before."""

    sentence = _l("You write this proposal already.")


def invite(proposal: Proposal, email: str, *, language: str) -> None:
    """Send an invitation; what is answered never depends on whether there is such an account.

    Raises `InvalidField` for the author's own address, a second invitation, and one too many.
    """
    begin_rewriting(proposal)
    email = normal_email(email)
    if email == proposal.author.email:
        raise InvalidField("email", str(_l("This is your own address.")))
    if email in [coauthor.email for coauthor in proposal.coauthors]:
        raise InvalidField("email", str(_l("This address was invited already.")))
    if len(proposal.coauthors) >= MOST_COAUTHORS:
        raise InvalidField("email", str(_l("Ten co-authors and open invitations are the most.")))
    token = secrets.token_urlsafe(24)
    proposal.coauthors.append(
        Coauthor(email=email, token_hash=token_hash(token), invited_at=clock.now(db.session()))
    )
    page = address(
        "proposals.invitation", **_place(proposal), language=language, invitation_token=token
    )
    body = render_template("emails/coauthor_invitation.txt", proposal=proposal, address=page)
    post(email, _("Write a proposal together"), body)


def find_invitation(round_: Round, token: str) -> Coauthor | None:
    """The open invitation that the link names."""
    return db.session.scalar(
        select(Coauthor)
        .join(Proposal, Proposal.id == Coauthor.proposal_id)
        .where(Proposal.round_id == round_.id, Coauthor.token_hash == token_hash(token))
    )


def refuse_answer(invitation: Coauthor, user: User) -> None:
    """Raise `SentToAnother`, `AlreadyWriting`, or why the proposal is no longer written."""
    if invitation.email != user.email:
        raise SentToAnother
    if invitation.proposal.is_written_by(user.id):
        raise AlreadyWriting
    refuse_rewriting(invitation.proposal)


def accept(invitation: Coauthor, user: User) -> None:
    """Join; the address and the link are forgotten, the account stays."""
    refuse_answer(invitation, user)
    invitation.email = invitation.token_hash = None
    invitation.user = user
    invitation.accepted_at = clock.now(db.session())
    proposal = invitation.proposal
    record(Act.COAUTHOR_JOINED, actor=user, round_=proposal.round_, proposal=proposal.id)
    _tell_author(proposal, user.email, accepted=True)


def decline(invitation: Coauthor, user: User) -> None:
    """Say no; nothing of the invitation is kept."""
    refuse_answer(invitation, user)
    proposal = invitation.proposal
    proposal.coauthors.remove(invitation)
    _tell_author(proposal, user.email, accepted=False)


def take_back(proposal: Proposal, number: int) -> None:
    """Take an open invitation back: its link leads nowhere any more. Twice changes nothing."""
    for coauthor in list(proposal.coauthors):
        if coauthor.id == number and coauthor.user is None:
            proposal.coauthors.remove(coauthor)


def leave(proposal: Proposal, user: User) -> None:
    """Be named no longer; what was written stays. Twice changes nothing."""
    for coauthor in list(proposal.coauthors):
        if coauthor.user_id == user.id:
            proposal.coauthors.remove(coauthor)
            record(Act.COAUTHOR_LEFT, actor=user, round_=proposal.round_, proposal=proposal.id)


def _place(proposal: Proposal) -> dict[str, str]:
    round_ = proposal.round_
    return {"parliament": round_.parliament.slug, "round_slug": round_.slug}


def _tell_author(proposal: Proposal, email: str, *, accepted: bool) -> None:
    language = proposal.author.language
    page = address("proposals.show", **_place(proposal), language=language, proposal_id=proposal.id)
    with force_locale(language):
        post(
            proposal.author.email,
            _("Your invitation was answered"),
            render_template(
                "emails/coauthor_answer.txt",
                proposal=proposal,
                email=email,
                accepted=accepted,
                address=page,
            ),
        )
