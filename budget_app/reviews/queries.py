"""Finding reviews: the queue, how much each reviewer has, and what is public of a proposal's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, func, or_, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Membership, Role, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.reviews.models import (
    Appeal,
    Assignment,
    Declaration,
    Merge,
    MergeState,
    Note,
    Question,
    ReviewDecision,
)
from budget_app.rounds.models import District, Round
from voting import clock

A_PAGE = 50
NOBODY = "none"


@access.loader("review_question_id", gives="question")
def load_question(loaded: Loaded, number: Any) -> Question | None:
    proposal: Proposal = loaded["proposal"]
    return db.session.scalar(
        select(Question).where(Question.proposal_id == proposal.id, Question.id == number)
    )


@access.loader("merge_id", gives="merge")
def load_merge(loaded: Loaded, number: Any) -> Merge | None:
    proposal: Proposal = loaded["proposal"]
    return db.session.scalar(
        select(Merge).where(
            Merge.id == number,
            or_(Merge.source_id == proposal.id, Merge.target_id == proposal.id),
        )
    )


@dataclass(frozen=True)
class Wanted:
    """What a reviewer looks for in the queue; empty means everything."""

    reviewer: str = ""
    district: str = ""
    waiting: str = ""


@dataclass(frozen=True)
class Line:
    """One proposal of the queue; `days` since its submission, or since its appeal."""

    proposal: Proposal
    days: int
    reviewer: User | None
    open_questions: int
    is_appeal: bool


def queue(round_: Round, wanted: Wanted, page: int) -> tuple[Pagination, list[Line]]:
    """One page of what waits for a decision, oldest first."""
    found = db.paginate(
        _narrowed(_waiting(round_), wanted), page=page, per_page=A_PAGE, error_out=False
    )
    numbers = [proposal.id for proposal in found.items]
    held = _by_proposal(
        select(Assignment).where(Assignment.proposal_id.in_(numbers), Assignment.ended_at.is_(None))
    )
    appeals = _by_proposal(
        select(Appeal).where(Appeal.proposal_id.in_(numbers), Appeal.outcome.is_(None))
    )
    asked = _open_questions(numbers)
    now = clock.now(db.session())

    def line(proposal: Proposal) -> Line:
        appeal, assignment = appeals.get(proposal.id), held.get(proposal.id)
        since = appeal.made_at if appeal else proposal.submitted_at or proposal.created_at
        reviewer = assignment.reviewer if assignment else None
        open_questions = asked.get(proposal.id, 0)
        return Line(proposal, (now - since).days, reviewer, open_questions, appeal is not None)

    return found, [line(proposal) for proposal in found.items]


def _waiting(round_: Round) -> Select[Any]:
    """Submitted proposals and open appeals, with who has them, oldest first.

    After the seal only appeals can still be decided.
    """
    appealed = Appeal.id.is_not(None)
    submitted = Proposal.state == ProposalState.SUBMITTED
    return (
        select(Proposal)
        .outerjoin(
            Assignment,
            and_(Assignment.proposal_id == Proposal.id, Assignment.ended_at.is_(None)),
        )
        .outerjoin(Appeal, and_(Appeal.proposal_id == Proposal.id, Appeal.outcome.is_(None)))
        .where(
            Proposal.round_id == round_.id,
            appealed if round_.is_sealed else or_(submitted, appealed),
        )
        .order_by(func.coalesce(Appeal.made_at, Proposal.submitted_at), Proposal.id)
    )


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.reviewer == NOBODY:
        query = query.where(Assignment.id.is_(None))
    elif wanted.reviewer.isdecimal() and len(wanted.reviewer) < 10:
        query = query.where(Assignment.reviewer_id == int(wanted.reviewer))
    if wanted.district:
        query = query.where(
            Proposal.district_id.in_(select(District.id).where(District.slug == wanted.district))
        )
    if wanted.waiting == "author":
        unanswered = select(Question.proposal_id).where(Question.answered_at.is_(None))
        query = query.where(Proposal.state == ProposalState.SUBMITTED, Proposal.id.in_(unanswered))
    elif wanted.waiting == "appeal":
        query = query.where(Appeal.id.is_not(None))
    return query


def _by_proposal(query: Select[Any]) -> dict[int, Any]:
    return {row.proposal_id: row for row in db.session.scalars(query)}


def _open_questions(numbers: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Question.proposal_id, func.count())
        .where(Question.proposal_id.in_(numbers), Question.answered_at.is_(None))
        .group_by(Question.proposal_id)
    )
    return dict(iter(rows))


def reviewers(parliament: Parliament) -> Sequence[User]:
    """Everybody who may review here, by name."""
    held = select(Membership.user_id).where(
        Membership.parliament_id == parliament.id,
        Membership.role.in_((Role.REVIEWER, Role.ADMINISTRATOR)),
    )
    return db.session.scalars(
        select(User).where(User.id.in_(held)).order_by(User.name, User.id)
    ).all()


def can_be_given(proposal: Proposal) -> list[User]:
    """Whoever may have the proposal: without a conflict that is known, and in an appeal no decider."""
    declared = declarations_of(proposal)
    barred = {each.user_id for each in declared if each.has_conflict} | {proposal.reviewed_by_id}
    return [
        user
        for user in reviewers(proposal.round_.parliament)
        if user.id not in barred and not proposal.is_written_by(user.id)
    ]


def loads(round_: Round) -> dict[int, int]:
    """How many proposals of the round each reviewer has now, by the number of the account."""
    query = _waiting(round_).order_by(None).where(Assignment.id.is_not(None))
    held = query.with_only_columns(
        Assignment.reviewer_id, func.count(), maintain_column_froms=True
    ).group_by(Assignment.reviewer_id)
    rows = db.session.execute(held)
    return dict(iter(rows))


@dataclass(frozen=True)
class Waiting:
    """How much waits for one reviewer, or for any, and since when."""

    count: int = 0
    since: datetime | None = None


def to_decide(round_: Round, reviewer: User | None) -> Waiting:
    """What `reviewer` has; with None, what nobody has taken yet."""
    query = _waiting(round_).order_by(None)
    query = query.where(
        Assignment.id.is_(None) if reviewer is None else Assignment.reviewer_id == reviewer.id
    )
    since = func.min(func.coalesce(Appeal.made_at, Proposal.submitted_at))
    count, oldest = db.session.execute(
        query.with_only_columns(func.count(), since, maintain_column_froms=True)
    ).one()
    return Waiting(count, oldest)


@dataclass(frozen=True)
class Published:
    """All of a proposal's review that everybody may read: what a decision has finished."""

    decisions: Sequence[ReviewDecision]
    questions: Sequence[Question]
    declarations: Sequence[Declaration]
    appeal: Appeal | None
    merged_into: Proposal | None
    merged_from: Sequence[Proposal]


def published(proposal: Proposal) -> Published:
    """Questions and conflicts that came after the last decision stay private until the next."""
    decisions = db.session.scalars(
        select(ReviewDecision)
        .where(ReviewDecision.proposal_id == proposal.id)
        .order_by(ReviewDecision.id)
    ).all()
    appeal = db.session.scalar(
        select(Appeal).where(Appeal.proposal_id == proposal.id, Appeal.outcome.is_not(None))
    )
    ends = [decision.decided_at for decision in decisions]
    if appeal is not None and appeal.decided_at is not None:
        ends.append(appeal.decided_at)
    last = max(ends, default=None)
    merged_into, merged_from = _merges(proposal)
    return Published(
        decisions,
        [] if last is None else _questions_until(proposal, last),
        [] if last is None else _declarations_until(proposal, last, decisions, appeal),
        appeal,
        merged_into,
        merged_from,
    )


def _questions_until(proposal: Proposal, last: datetime) -> Sequence[Question]:
    return db.session.scalars(
        select(Question)
        .where(Question.proposal_id == proposal.id, Question.asked_at <= last)
        .order_by(Question.id)
    ).all()


def _declarations_until(
    proposal: Proposal, last: datetime, decisions: Sequence[ReviewDecision], appeal: Appeal | None
) -> list[Declaration]:
    """Those of whoever decided, and of whoever stepped back; colleagues who only looked are left out."""
    deciders = {decision.decided_by_id for decision in decisions}
    if appeal is not None and appeal.decided_by_id is not None:
        deciders.add(appeal.decided_by_id)
    rows = db.session.scalars(
        select(Declaration)
        .where(Declaration.proposal_id == proposal.id, Declaration.at <= last)
        .order_by(Declaration.id)
    )
    return [row for row in rows if row.has_conflict or row.user_id in deciders]


def _merges(proposal: Proposal) -> tuple[Proposal | None, list[Proposal]]:
    rows = db.session.scalars(
        select(Merge)
        .where(
            or_(Merge.source_id == proposal.id, Merge.target_id == proposal.id),
            Merge.state == MergeState.DONE,
        )
        .order_by(Merge.id)
    ).all()
    into = next((merge.target for merge in rows if merge.source_id == proposal.id), None)
    return into, [merge.source for merge in rows if merge.target_id == proposal.id]


def questions_of(proposal: Proposal) -> Sequence[Question]:
    return db.session.scalars(
        select(Question).where(Question.proposal_id == proposal.id).order_by(Question.id)
    ).all()


def notes_of(proposal: Proposal) -> Sequence[Note]:
    return db.session.scalars(
        select(Note).where(Note.proposal_id == proposal.id).order_by(Note.id)
    ).all()


def assignments_of(proposal: Proposal) -> Sequence[Assignment]:
    """Who had it from when to when, first to last."""
    return db.session.scalars(
        select(Assignment).where(Assignment.proposal_id == proposal.id).order_by(Assignment.id)
    ).all()


def declarations_of(proposal: Proposal) -> Sequence[Declaration]:
    return db.session.scalars(
        select(Declaration).where(Declaration.proposal_id == proposal.id).order_by(Declaration.id)
    ).all()


def merges_of(proposal: Proposal) -> Sequence[Merge]:
    """Every request to merge the proposal, as reviewers see them: declined ones too."""
    return db.session.scalars(
        select(Merge)
        .where(or_(Merge.source_id == proposal.id, Merge.target_id == proposal.id))
        .order_by(Merge.id)
    ).all()


def ended_merges(proposal: Proposal) -> list[Merge]:
    """The requests that came to nothing, for those who write the proposal."""
    ended = (MergeState.DECLINED, MergeState.WITHDRAWN, MergeState.OVER)
    return [merge for merge in merges_of(proposal) if merge.state in ended]


def proposal_numbered(round_: Round, number: int) -> Proposal | None:
    return db.session.scalar(
        select(Proposal).where(Proposal.round_id == round_.id, Proposal.id == number)
    )
