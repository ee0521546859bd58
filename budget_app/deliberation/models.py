"""Threads, comments, votes on them, reports, and the decisions of moderators.

Moderators decide about the questions of hearings too.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.deliberation.subjects import Subject, subject_of
from budget_app.hearings.models import Hearing, HearingQuestion
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Round
from voting.models import Base, UtcDateTime, values_of

LONGEST = 5_000
"""Characters of a comment."""


class Stance(StrEnum):
    """What a comment says of its subject."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


class CommentState(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"  # by a moderator; it comes back unchanged when an appeal is upheld
    REMOVED = "removed"  # by its author; the words are gone


class Rule(StrEnum):
    """The published rules, by which comments are reported and hidden."""

    INSULT = "insult"
    HATRED = "hatred"
    THREAT = "threat"
    PRIVACY = "privacy"
    FALSE_IDENTITY = "false-identity"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off-topic"


class Verdict(StrEnum):
    KEPT = "kept"
    HIDDEN = "hidden"


class AppealState(StrEnum):
    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"  # the comment is back
    DISMISSED = "dismissed"


def _given(column: str) -> str:
    return f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)"


class Thread(Base):
    """Everything said about one subject; comments and moderation know nothing else of it.

    A further kind of subject is a further nullable key here (`subjects.py`).
    """

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        UniqueConstraint("round_id"),
        UniqueConstraint("hearing_id"),
        CheckConstraint(
            " + ".join(map(_given, ("proposal_id", "round_id", "hearing_id"))) + " = 1",
            name="one_subject",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), index=True
    )
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    hearing_id: Mapped[int | None] = mapped_column(ForeignKey("hearing.id", ondelete="CASCADE"))
    parliament: Mapped[Parliament] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
    round_: Mapped[Round | None] = relationship()
    hearing: Mapped[Hearing | None] = relationship()

    @property
    def subject(self) -> Subject:
        return subject_of(self.proposal, self.round_, self.hearing)


class Comment(Base):
    """One person's words in their language. A reply stands below a comment, never below a reply.

    `office` is set on official replies: the office under which it was written, empty for the
    parliament itself. `score` is worked out from the votes (`ordering.usefulness`), in the
    transaction that changes them. `once` is the form's own token: sent twice, it is one comment.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("author_id", "once"),
        CheckConstraint("state = 'removed' OR text <> ''", name="has_words"),
        CheckConstraint(
            "stance = 'neutral' OR (parent_id IS NULL AND office IS NULL)",
            name="only_top_takes_side",
        ),
        CheckConstraint("useful >= 0 AND not_useful >= 0", name="votes_not_negative"),
        Index("ix_comment_thread_id_parent_id", "thread_id", "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    state: Mapped[CommentState] = mapped_column(
        values_of(CommentState), default=CommentState.VISIBLE
    )
    stance: Mapped[Stance] = mapped_column(values_of(Stance))
    office: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    once: Mapped[str] = mapped_column(String(43))
    useful: Mapped[int] = mapped_column(default=0)
    not_useful: Mapped[int] = mapped_column(default=0)
    score: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship(lazy="joined")

    @property
    def is_visible(self) -> bool:
        return self.state is CommentState.VISIBLE

    @property
    def is_official(self) -> bool:
        return self.office is not None


class CommentVote(Base):
    """What one person thinks of a comment: useful, or not."""

    __tablename__ = "comment_vote"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    useful: Mapped[bool]


class CommentTranslation(Base):
    """A machine's translation, kept so that it is asked and paid for once."""

    __tablename__ = "comment_translation"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Decision(Base):
    """A decision on a comment or on a question of a hearing, and the one appeal against it.

    `restored_at` is set when the office took it back itself, as made by mistake.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (
        CheckConstraint("(comment_id IS NULL) <> (question_id IS NULL)", name="of_one_thing"),
        CheckConstraint(
            "verdict <> 'hidden' OR (rule IS NOT NULL AND explanation <> '')",
            name="hidden_has_a_reason",
        ),
        CheckConstraint("appeal_by_id <> by_id", name="appeal_decided_by_another"),
        CheckConstraint("appeal = 'none' OR appeal_words <> ''", name="appeal_has_words"),
        CheckConstraint(
            "appeal NOT IN ('upheld', 'dismissed') OR appeal_by_id IS NOT NULL",
            name="decided_appeal_has_an_official",
        ),
        CheckConstraint(
            "restored_at IS NULL OR (restored_by_id IS NOT NULL AND appeal IN ('none', 'open'))",
            name="restored_before_an_appeal",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("hearing_question.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[Verdict] = mapped_column(values_of(Verdict))
    rule: Mapped[Rule | None] = mapped_column(values_of(Rule))
    explanation: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    office: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    appeal: Mapped[AppealState] = mapped_column(
        values_of(AppealState), default=AppealState.NONE, index=True
    )
    appeal_words: Mapped[str] = mapped_column(Text, default="")
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appeal_explanation: Mapped[str] = mapped_column(Text, default="")
    appeal_language: Mapped[str] = mapped_column(String(2), default="en")
    appeal_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    appeal_office: Mapped[str] = mapped_column(String(120), default="")
    appeal_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restored_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    restored_office: Mapped[str] = mapped_column(String(120), default="")
    comment: Mapped[Comment | None] = relationship(lazy="joined")
    question: Mapped[HearingQuestion | None] = relationship()
    parliament: Mapped[Parliament] = relationship()

    @property
    def author(self) -> User:
        """Of the words that it is about."""
        return self.comment.author if self.comment else self._question.author

    @property
    def words(self) -> str:
        return self.comment.text if self.comment else self._question.words

    @property
    def _question(self) -> HearingQuestion:
        if self.question is None:
            raise ValueError("This decision is about nothing.")
        return self.question

    @property
    def can_be_appealed(self) -> bool:
        """Once, while it stands."""
        return (
            self.verdict is Verdict.HIDDEN
            and self.appeal is AppealState.NONE
            and self.restored_at is None
        )

    @property
    def awaits_appeal(self) -> bool:
        return self.appeal is AppealState.OPEN and self.restored_at is None

    @property
    def can_be_taken_back(self) -> bool:
        """A removal that stands, and of which no appeal was decided; or what was kept, and is there."""
        if self.verdict is Verdict.KEPT:
            is_there = self.comment is not None and self.comment.is_visible
            return is_there and self.restored_at is None
        return self.can_be_appealed or self.awaits_appeal


class Report(Base):
    """One person says that a comment breaks a rule; `decision_id` empty: it waits."""

    __tablename__ = "comment_report"
    __table_args__ = (UniqueConstraint("comment_id", "reporter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    rule: Mapped[Rule] = mapped_column(values_of(Rule))
    words: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), index=True
    )


class ModerationText(Base):
    """The rules as a parliament words them, Markdown by language; without a row, the default."""

    __tablename__ = "moderation_text"

    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), primary_key=True
    )
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
