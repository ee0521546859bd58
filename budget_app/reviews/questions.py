"""What reviewers ask those who wrote a proposal, and what these answer."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.reviews.assignments import hold, refuse_outsiders
from budget_app.reviews.errors import NotUnderReview
from budget_app.reviews.mails import tell, writers
from budget_app.reviews.models import Question
from voting import clock


def ask(proposal: Proposal, text: str, *, by: User) -> None:
    """Ask the authors; raises `NotUnderReview` once the proposal is decided.

    The same question that waits for its answer is not asked again, as by a second press.
    """
    hold(proposal)
    refuse_outsiders(proposal, by)
    if proposal.state is not ProposalState.SUBMITTED:
        raise NotUnderReview
    if _waits(proposal, text):
        return
    now = clock.now(db.session())
    db.session.add(Question(proposal_id=proposal.id, asked_by=by, text=text, asked_at=now))
    tell(
        writers(proposal),
        proposal,
        _l("A question about your proposal"),
        _l("The office that reviews your proposal asks you something. Answer on its page:"),
        text,
    )


def _waits(proposal: Proposal, text: str) -> bool:
    asked = select(Question.id).where(
        Question.proposal_id == proposal.id,
        Question.text == text,
        Question.answered_at.is_(None),
    )
    return db.session.scalar(asked.limit(1)) is not None


def refuse_answer(proposal: Proposal, question: Question) -> None:
    """Raise `NotUnderReview` when the question is answered, or the proposal decided."""
    if proposal.state is not ProposalState.SUBMITTED or question.answered_at is not None:
        raise NotUnderReview


def answer(proposal: Proposal, question: Question, text: str, *, by: User) -> None:
    """Answer once, as the author or a co-author."""
    hold(proposal)
    db.session.refresh(question)
    refuse_answer(proposal, question)
    question.answer, question.answered_by = text, by
    question.answered_at = clock.now(db.session())
