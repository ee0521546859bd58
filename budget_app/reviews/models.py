"""What a review leaves behind. Of all this only what was finished with a decision is public."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.proposals.models import Proposal
from voting.models import Base, UtcDateTime, values_of

Checklist = dict[str, dict[str, str]]
"""By the key of a criterion, its `answer` (`Answer`, or nothing yet) and its `note`."""


class Ending(StrEnum):
    """How an assignment ended."""

    REASSIGNED = "reassigned"
    CONFLICT = "conflict"
    FINISHED = "finished"


class Assignment(Base):
    """That a reviewer has a proposal, or its appeal, to decide; a proposal has one at a time."""

    __tablename__ = "review_assignment"
    __table_args__ = (
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended_somehow"),
        Index(
            "uq_review_assignment_open",
            "proposal_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    reviewer_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT"), index=True
    )
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[Ending | None] = mapped_column(values_of(Ending))
    reviewer: Mapped[User] = relationship(foreign_keys=[reviewer_id], lazy="joined")
    assigned_by: Mapped[User] = relationship(foreign_keys=[assigned_by_id])


class Declaration(Base):
    """What somebody declared before seeing the review of a proposal.

    Who declared what, and `words`, are for those who assign and review; with a decision the office
    and its answer are published.
    """

    __tablename__ = "review_declaration"
    __table_args__ = (UniqueConstraint("proposal_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    has_conflict: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined")


class Verdict(StrEnum):
    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"


class Draft(Base):
    """A verdict that is being written: reviewers see it, nobody else."""

    __tablename__ = "review_draft"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[Verdict | None] = mapped_column(values_of(Verdict))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[Checklist] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewDecision(Base):
    """A finished review. A proposal has a second one when an appeal reopened it."""

    __tablename__ = "review_decision"
    __table_args__ = (
        CheckConstraint("(verdict = 'feasible') = (cost IS NOT NULL)", name="feasible_has_a_cost"),
        CheckConstraint("words <> ''", name="decision_has_reasons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[Verdict] = mapped_column(values_of(Verdict))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text)
    checklist: Mapped[Checklist] = mapped_column(JSON, default=dict)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[User] = relationship(lazy="joined")


class Note(Base):
    """What reviewers tell each other: never public, erased with the round's personal data."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[User] = relationship(lazy="joined")


class Question(Base):
    """What a reviewer asks those who write the proposal; public with the next decision."""

    __tablename__ = "review_question"
    __table_args__ = (
        CheckConstraint(
            "(answered_at IS NULL) = (answer = '')"
            " AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answer_is_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="joined")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")


class AppealOutcome(StrEnum):
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    ACCEPTED = "accepted"


class Appeal(Base):
    """The one appeal against the rejection of a proposal; public once it is decided."""

    __tablename__ = "review_appeal"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)"
            " AND (outcome IS NULL) = (decided_by_id IS NULL) AND (outcome IS NULL) = (words = '')",
            name="outcome_is_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    reasons: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[AppealOutcome | None] = mapped_column(values_of(AppealOutcome))
    words: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class MergeState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the reviewers, before both authors had answered
    OVER = "over"  # because one of the two was decided or withdrawn


class Merge(Base):
    """That `source` shall become a part of `target`; both authors say yes, or it does not happen."""

    __tablename__ = "proposal_merge"
    __table_args__ = (
        CheckConstraint("source_id <> target_id", name="merge_of_two"),
        CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name="merge_ended_somehow"),
        Index(
            "uq_proposal_merge_source",
            "source_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'done')"),
            postgresql_where=text("state IN ('asked', 'done')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[MergeState] = mapped_column(values_of(MergeState), default=MergeState.ASKED)
    reasons: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source_agrees: Mapped[bool | None]
    target_agrees: Mapped[bool | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[Proposal] = relationship(foreign_keys=[source_id])
    target: Mapped[Proposal] = relationship(foreign_keys=[target_id])
    proposed_by: Mapped[User] = relationship()
    objections: Mapped[list[MergeObjection]] = relationship(
        order_by="MergeObjection.id", lazy="selectin"
    )


class MergeObjection(Base):
    """That a co-author is against a merge: authors and reviewers read it, the authors decide."""

    __tablename__ = "merge_objection"
    __table_args__ = (UniqueConstraint("merge_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("proposal_merge.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    reasons: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined")
