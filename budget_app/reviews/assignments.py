"""Who reviews what: taken from the queue or assigned, after a declaration, never one's own."""

from sqlalchemy import select

from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.reviews.errors import (
    AlreadyAssigned,
    ConflictOfInterest,
    DecidedBySame,
    MergedMeanwhile,
    NotAssigned,
    NotDeclared,
    NotUnderReview,
    OwnProposal,
    ReviewerHasConflict,
)
from budget_app.reviews.models import Appeal, Assignment, Declaration, Ending
from voting import clock


def hold(proposal: Proposal) -> None:
    """Let nobody else decide on the proposal until the transaction ends."""
    row = select(Proposal.id).where(Proposal.id == proposal.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(proposal)


def assignment_of(proposal: Proposal) -> Assignment | None:
    """Who has it now."""
    return db.session.scalar(
        select(Assignment).where(
            Assignment.proposal_id == proposal.id, Assignment.ended_at.is_(None)
        )
    )


def declaration_of(proposal: Proposal, user: User) -> Declaration | None:
    return db.session.scalar(
        select(Declaration).where(
            Declaration.proposal_id == proposal.id, Declaration.user_id == user.id
        )
    )


def open_appeal(proposal: Proposal) -> Appeal | None:
    """The appeal that waits to be decided."""
    return db.session.scalar(
        select(Appeal).where(Appeal.proposal_id == proposal.id, Appeal.outcome.is_(None))
    )


def is_under_review(proposal: Proposal) -> bool:
    """Submitted, or rejected with an appeal that waits to be decided."""
    return proposal.state is ProposalState.SUBMITTED or open_appeal(proposal) is not None


def take(proposal: Proposal, *, by: User) -> None:
    """Take a proposal from the queue; raises `AlreadyAssigned`, and why one may not have it."""
    hold(proposal)
    if assignment_of(proposal) is not None:
        raise AlreadyAssigned
    _give(proposal, by, by=by)


def assign(proposal: Proposal, reviewer: User, *, by: User) -> None:
    """An administrator gives it to `reviewer`; the assignment of before stays as a trace."""
    hold(proposal)
    if not administers(by, proposal):
        raise NotAssigned
    refuse_conflict(proposal, by)
    present = assignment_of(proposal)
    if present is not None and present.reviewer_id == reviewer.id:
        return
    if has_conflict(proposal, reviewer):
        raise ReviewerHasConflict(reviewer.display_name)
    end_assignment(proposal, Ending.REASSIGNED)
    _give(proposal, reviewer, by=by)


def declare(proposal: Proposal, *, by: User, conflict: bool, words: str = "") -> None:
    """Say whether one has a conflict of interest; with one, the proposal returns to the queue.

    A conflict can be found later, and none is ever taken back.
    """
    hold(proposal)
    _refuse_own(proposal, by)
    present = declaration_of(proposal, by)
    if present is not None and (present.has_conflict or not conflict):
        return
    if present is not None and not is_under_review(proposal):
        raise NotUnderReview
    if present is None:
        present = Declaration(proposal_id=proposal.id, user=by)
        db.session.add(present)
    present.has_conflict, present.words = conflict, words if conflict else ""
    present.at = clock.now(db.session())
    held = assignment_of(proposal)
    if conflict and held is not None and held.reviewer_id == by.id:
        end_assignment(proposal, Ending.CONFLICT)
    record(
        Act.REVIEW_DECLARED,
        actor=by,
        round_=proposal.round_,
        proposal=proposal.id,
        conflict=conflict,
    )


def end_assignment(proposal: Proposal, ending: Ending) -> None:
    """End what is open, if anything is."""
    present = assignment_of(proposal)
    if present is not None:
        present.ended_at = clock.now(db.session())
        present.ending = ending
        db.session.flush()


def has_conflict(proposal: Proposal, user: User) -> bool:
    """Whether the person writes the proposal or has declared a conflict."""
    declared = declaration_of(proposal, user)
    return proposal.is_written_by(user.id) or (declared is not None and declared.has_conflict)


def refuse_conflict(proposal: Proposal, user: User) -> None:
    """Raise when the person writes the proposal or has declared a conflict."""
    _refuse_own(proposal, user)
    if has_conflict(proposal, user):
        raise ConflictOfInterest


def refuse_outsiders(proposal: Proposal, user: User) -> None:
    """Raise unless the person has declared to have no conflict, and has the proposal or administers."""
    if proposal.state is ProposalState.MERGED:
        raise MergedMeanwhile
    refuse_undeclared(proposal, user)
    present = assignment_of(proposal)
    has_it = present is not None and present.reviewer_id == user.id
    if not has_it and not administers(user, proposal):
        raise NotAssigned


def refuse_undeclared(proposal: Proposal, user: User) -> None:
    refuse_conflict(proposal, user)
    if declaration_of(proposal, user) is None:
        raise NotDeclared


def administers(user: User, proposal: Proposal) -> bool:
    return Role.ADMINISTRATOR in user.roles_in(proposal.round_.parliament)


def decides(proposal: Proposal, user: User) -> bool:
    """Whether the person has the proposal, or administers."""
    held = assignment_of(proposal)
    return administers(user, proposal) or (held is not None and held.reviewer_id == user.id)


def reviews(user: User, proposal: Proposal) -> bool:
    """Whether the person's roles allow reviewing in this parliament."""
    roles = user.roles_in(proposal.round_.parliament)
    return bool(roles & {Role.REVIEWER, Role.ADMINISTRATOR})


def _give(proposal: Proposal, reviewer: User, *, by: User) -> None:
    if not is_under_review(proposal):
        raise NotUnderReview
    if not reviews(reviewer, proposal):
        raise NotAssigned
    refuse_conflict(proposal, reviewer)
    if proposal.reviewed_by_id == reviewer.id:  # only an appeal has a decision before it
        raise DecidedBySame
    now = clock.now(db.session())
    db.session.add(
        Assignment(proposal_id=proposal.id, reviewer=reviewer, assigned_by=by, assigned_at=now)
    )
    db.session.flush()
    record(
        Act.REVIEW_ASSIGNED,
        actor=by,
        round_=proposal.round_,
        proposal=proposal.id,
        reviewer=reviewer.id,
    )


def _refuse_own(proposal: Proposal, user: User) -> None:
    if proposal.is_written_by(user.id):
        raise OwnProposal
