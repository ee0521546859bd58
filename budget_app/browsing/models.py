"""What is kept for finding and following: the words of proposals, who supports and follows what."""

from datetime import datetime, timedelta
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
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.hearings.models import Hearing
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Round
from voting.models import Base, UtcDateTime, values_of


class ProposalWords(Base):
    """A proposal's words in all its languages without case and accents, for the search.

    `title` has a line for each title or official name that differs from the others.
    `words` is PostgreSQL's index and stays empty on SQLite, whose own (`proposal_fts`) is kept by
    triggers of this table: a trigger of `proposal` would be lost whenever a migration makes that
    table anew.
    """

    __tablename__ = "proposal_words"
    __table_args__ = (Index("ix_proposal_words_words", "words", postgresql_using="gin"),)

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class Support(Base):
    """That a person supports a proposal."""

    __tablename__ = "support"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Following(Base):
    """That a person wants to be told of one proposal, one round, or one hearing."""

    __tablename__ = "following"
    __table_args__ = (
        UniqueConstraint("user_id", "proposal_id"),
        UniqueConstraint("user_id", "round_id"),
        UniqueConstraint("user_id", "hearing_id"),
        CheckConstraint(
            "(CASE WHEN proposal_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN round_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN hearing_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), index=True
    )
    hearing_id: Mapped[int | None] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
    round_: Mapped[Round | None] = relationship()
    hearing: Mapped[Hearing | None] = relationship()

    @property
    def thing(self) -> Proposal | Round | Hearing:
        thing = self.proposal or self.round_ or self.hearing
        if thing is None:
            message = f"Following {self.id} names nothing."
            raise RuntimeError(message)
        return thing


class SavedSearch(Base):
    """A search that its owner gave a name; what is new in it since is told by mail."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("user_id", "round_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    # What `finding.Wanted` holds, by the names of the address.
    terms: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship()


class Pace(StrEnum):
    """How often somebody wants to hear of what is new."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def length(self) -> timedelta:
        return timedelta(days=7 if self is Pace.WEEKLY else 1)


class AlertPlan(Base):
    """When somebody's next mail of news is due, and up to when they have been told."""

    __tablename__ = "alert_plan"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    pace: Mapped[Pace] = mapped_column(values_of(Pace), default=Pace.DAILY)
    told_until: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user: Mapped[User] = relationship()


class DigestChoice(Base):
    """How often somebody wants the news of a parliament; what happened until `told_until` is told."""

    __tablename__ = "digest_choice"
    __table_args__ = (UniqueConstraint("user_id", "parliament_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), index=True
    )
    pace: Mapped[Pace] = mapped_column(values_of(Pace))
    told_until: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user: Mapped[User] = relationship()
    parliament: Mapped[Parliament] = relationship()


class BookletState(StrEnum):
    WAITING = "waiting"
    PRINTING = "printing"
    DONE = "done"
    FAILED = "failed"


class Booklet(Base):
    """The printable booklet of one state of a round's projects, in one language.

    `digest` is the SHA-256 of what it prints; the file of that name stands in the instance folder.
    """

    __tablename__ = "booklet"
    __table_args__ = (UniqueConstraint("round_id", "language", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(2))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[BookletState] = mapped_column(
        values_of(BookletState), default=BookletState.WAITING, index=True
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship()
