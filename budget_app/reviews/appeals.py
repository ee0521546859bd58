"""Appealing once against a rejection; somebody else decides."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.browsing.following import Happening, tell_followers
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.reviews import decisions
from budget_app.reviews.assignments import (
    end_assignment,
    hold,
    open_appeal,
    refuse_outsiders,
)
from budget_app.reviews.errors import DecidedBySame, NoAppeal, NotUnderReview
from budget_app.reviews.mails import tell, writers
from budget_app.reviews.models import Appeal, AppealOutcome, Ending
from budget_app.rounds.errors import RoundSealed
from voting import clock

APPEAL_PERIOD = timedelta(days=10)
_SUBJECT = _l("Your appeal was decided")
_SENTENCES = {
    AppealOutcome.CONFIRMED: _l("Your appeal was decided: the proposal remains not accepted."),
    AppealOutcome.REOPENED: _l("Your appeal was decided: the proposal is reviewed anew."),
}


def appeal_of(proposal: Proposal) -> Appeal | None:
    return db.session.scalar(select(Appeal).where(Appeal.proposal_id == proposal.id))


def appeal_until(proposal: Proposal) -> datetime | None:
    """Until when the authors may appeal; None where they may not at all, or no longer."""
    decided = proposal.reviewed_at
    if proposal.state is not ProposalState.REJECTED or decided is None:
        return None
    ends = decided + APPEAL_PERIOD
    over = proposal.round_.is_sealed or clock.now(db.session()) >= ends
    return None if over or appeal_of(proposal) is not None else ends


def make_appeal(proposal: Proposal, reasons: str, *, by: User) -> None:
    """As the author or a co-author; raises `NoAppeal` when it is too late or a second one."""
    hold(proposal)
    if appeal_until(proposal) is None:
        raise NoAppeal
    now = clock.now(db.session())
    db.session.add(Appeal(proposal_id=proposal.id, made_by=by, reasons=reasons, made_at=now))
    record(Act.APPEAL_MADE, actor=by, round_=proposal.round_, proposal=proposal.id)


def decide_appeal(
    proposal: Proposal, outcome: AppealOutcome, words: str, *, by: User, cost: int | None = None
) -> None:
    """Confirm the rejection, review anew, or accept with a cost; raises `DecidedBySame`.

    A confirmation stays possible after the seal: nothing joins the ballot by it.
    """
    hold(proposal)
    appeal = open_appeal(proposal)
    if appeal is None:
        raise NotUnderReview
    if proposal.reviewed_by_id == by.id:
        raise DecidedBySame
    refuse_outsiders(proposal, by)
    decisions.refuse_silence(words)
    if proposal.round_.is_sealed and outcome is not AppealOutcome.CONFIRMED:
        raise RoundSealed
    if outcome is AppealOutcome.ACCEPTED:
        decisions.accept(proposal, cost, words, by=by, checklist={})
    elif outcome is AppealOutcome.REOPENED:
        _reopen(proposal, by)
    end_assignment(proposal, Ending.FINISHED)
    appeal.outcome, appeal.words, appeal.decided_by = outcome, words, by
    appeal.decided_at = clock.now(db.session())
    record(Act.APPEAL_DECIDED, actor=by, round_=proposal.round_, proposal=proposal.id)
    if outcome in _SENTENCES:  # an acceptance is told as every acceptance is
        tell(writers(proposal), proposal, _SUBJECT, _SENTENCES[outcome], words)


def _reopen(proposal: Proposal, by: User) -> None:
    """Back to the queue; the decision of before stays in the history."""
    proposal.state = ProposalState.SUBMITTED
    proposal.explanation = ""
    proposal.reviewed_by = proposal.reviewed_at = None
    tell_followers(proposal, Happening.CHANGED, by=by, told_already=writers(proposal))
