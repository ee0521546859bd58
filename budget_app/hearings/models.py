"""A hearing, its agenda, who takes part, what is asked, and its polls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round, Secrecy
from voting.models import Base, UtcDateTime, values_of

LONGEST_QUESTION = 500
"""Characters of a question: what can be read aloud in half a minute."""


class HearingState(StrEnum):
    DRAFT = "draft"  # only officials see it
    PLANNED = "planned"
    LIVE = "live"
    ENDED = "ended"
    PUBLISHED = "published"  # ended, with its minutes
    CANCELLED = "cancelled"


CHANGEABLE = (HearingState.DRAFT, HearingState.PLANNED, HearingState.LIVE)


class ParticipationState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class QuestionState(StrEnum):
    WAITING = "waiting"
    SHORTLISTED = "shortlisted"
    CURRENT = "current"  # being answered: at most one in a hearing
    ANSWERED = "answered"
    ASIDE = "aside"
    WITHDRAWN = "withdrawn"  # by its author, who alone still sees it


class HearingPollState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class SimulationState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"  # by somebody; it can go on
    OVER = "over"
    FAILED = "failed"


class TrackKind(StrEnum):
    CAPTIONS = "captions"
    INTERPRETATION = "interpretation"


hearing_chair = Table(
    "hearing_chair",
    Base.metadata,
    Column("hearing_id", ForeignKey("hearing.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
)


def _one(name: str, where: str) -> Index:
    """At most one row of a hearing fits `where`."""
    condition = text(where)
    return Index(
        name, "hearing_id", unique=True, sqlite_where=condition, postgresql_where=condition
    )


class Hearing(Base):
    """One session. Texts are by language; `tracks` are links to captions and interpretation.

    `version` grows with everything that the live part shows, `sequence` with what a calendar shows.
    """

    __tablename__ = "hearing"
    __table_args__ = (
        CheckConstraint("starts < ends", name="starts_before_it_ends"),
        CheckConstraint("version >= 0 AND sequence >= 0", name="counts_up"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="RESTRICT"), index=True
    )
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[HearingState] = mapped_column(values_of(HearingState), default=HearingState.DRAFT)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    descriptions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    places: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # of a cancellation
    minutes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    tracks: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    stream: Mapped[str] = mapped_column(String(500), default="")
    recording: Mapped[str] = mapped_column(String(500), default="")
    starts: Mapped[datetime] = mapped_column(UtcDateTime)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)

    parliament: Mapped[Parliament] = relationship(lazy="joined")
    round_: Mapped[Round | None] = relationship()
    chairs: Mapped[list[User]] = relationship(secondary=hearing_chair, order_by=User.id)
    agenda: Mapped[list[AgendaItem]] = relationship(
        cascade="all, delete-orphan", order_by="AgendaItem.starts, AgendaItem.id"
    )
    organisations: Mapped[list[Participation]] = relationship(
        cascade="all, delete-orphan", order_by="Participation.slot, Participation.id"
    )
    polls: Mapped[list[HearingPoll]] = relationship(
        back_populates="hearing", cascade="all, delete-orphan", order_by="HearingPoll.id"
    )

    @property
    def is_exercise(self) -> bool:
        """Of a training session, or of a round whose ballots this server could open."""
        of_round = self.round_ is not None and self.round_.secrecy is Secrecy.EXERCISE
        return self.parliament.is_exercise or of_round

    @property
    def is_draft(self) -> bool:
        return self.state is HearingState.DRAFT

    @property
    def can_change(self) -> bool:
        """Its words, agenda and polls, until it is over."""
        return self.state in CHANGEABLE

    @property
    def is_over(self) -> bool:
        return self.state in (HearingState.ENDED, HearingState.PUBLISHED)

    @property
    def takes_questions(self) -> bool:
        """From its announcement to its end."""
        return self.state in (HearingState.PLANNED, HearingState.LIVE)


class AgendaItem(Base):
    """What is spoken about, when and by whom; the chair marks the one that is on."""

    __tablename__ = "hearing_agenda_item"
    __table_args__ = (_one("one_item_is_on", "is_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )
    starts: Mapped[datetime] = mapped_column(UtcDateTime)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    speaker: Mapped[str] = mapped_column(String(200), default="")
    is_on: Mapped[bool] = mapped_column(default=False)


class Participation(Base):
    """A civil-society organisation that asks to take part; confirmed or declined by the office."""

    __tablename__ = "hearing_participation"
    __table_args__ = (
        UniqueConstraint("hearing_id", "user_id"),
        CheckConstraint("state <> 'declined' OR reason <> ''", name="declined_has_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    state: Mapped[ParticipationState] = mapped_column(
        values_of(ParticipationState), default=ParticipationState.ASKED
    )
    language: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(300))
    contact: Mapped[str] = mapped_column(String(200))
    wish: Mapped[str] = mapped_column(String(600))
    reason: Mapped[str] = mapped_column(String(600), default="")
    slot: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()


class HearingQuestion(Base):
    """What somebody asks, in the words and the language of the asker.

    Why a question is `hidden` is a decision of moderation, as of a comment. `once` is the form's own
    token: sent twice, it is one question; a simulation has no form.
    """

    __tablename__ = "hearing_question"
    __table_args__ = (
        UniqueConstraint("author_id", "once"),
        CheckConstraint("state <> 'aside' OR reason <> ''", name="aside_has_a_reason"),
        CheckConstraint("state <> 'answered' OR answer <> ''", name="answered_has_an_answer"),
        _one("one_question_is_current", "state = 'current'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    participation_id: Mapped[int | None] = mapped_column(
        ForeignKey("hearing_participation.id", ondelete="SET NULL")
    )
    state: Mapped[QuestionState] = mapped_column(
        values_of(QuestionState), default=QuestionState.WAITING
    )
    hidden: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(String(LONGEST_QUESTION))
    rank: Mapped[int] = mapped_column(default=0)  # the chair's order of the shortlist, 1 first
    supports: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(600), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answer_language: Mapped[str] = mapped_column(String(2), default="")
    # What the answer said before each correction, oldest first: `words`, `by`, `language`, and
    # `until`, the moment of the correction.
    earlier_answers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    signed: Mapped[bool] = mapped_column(default=False)  # with the name of its author
    once: Mapped[str | None] = mapped_column(String(43))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hearing: Mapped[Hearing] = relationship()
    author: Mapped[User] = relationship(lazy="selectin")
    participation: Mapped[Participation | None] = relationship(lazy="joined")

    @property
    def corrected_at(self) -> datetime | None:
        """When its answer was last corrected."""
        earlier = self.earlier_answers
        return datetime.fromisoformat(earlier[-1]["until"]) if earlier else None


class QuestionSupport(Base):
    """One person's support of another's question."""

    __tablename__ = "hearing_question_support"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("hearing_question.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class HearingPoll(Base):
    """A question with two to six answers; who answered what is forgotten when it closes."""

    __tablename__ = "hearing_poll"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (counts IS NOT NULL)", name="closed_is_counted"),
        _one("one_poll_is_open", "state = 'open'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[HearingPollState] = mapped_column(
        values_of(HearingPollState), default=HearingPollState.PREPARED
    )
    questions: Mapped[dict[str, str]] = mapped_column(JSON)
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    counts: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    hearing: Mapped[Hearing] = relationship(back_populates="polls")


class PollAnswer(Base):
    """One person's answer to an open poll."""

    __tablename__ = "hearing_poll_answer"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("hearing_poll.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    option: Mapped[int]


class HearingSimulation(Base):
    """How far invented people are in a hearing of an exercise: `next_step` of the script, at `due_at`.

    `seconds` is the whole time; `asked` holds the numbers of questions by their names in the
    script; `failure` names the error of a run that failed. One hearing is simulated once.
    """

    __tablename__ = "hearing_simulation"
    __table_args__ = (
        CheckConstraint("next_step >= 0 AND seconds >= 0", name="moves_on"),
        CheckConstraint("(state = 'failed') = (failure <> '')", name="failed_says_why"),
    )

    hearing_id: Mapped[int] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), primary_key=True
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    state: Mapped[SimulationState] = mapped_column(values_of(SimulationState), index=True)
    seconds: Mapped[float]
    next_step: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("hearing_poll.id", ondelete="SET NULL"))
    failure: Mapped[str] = mapped_column(String(80), default="")
    hearing: Mapped[Hearing] = relationship()
    by: Mapped[User] = relationship()


class StreamHost(Base):
    """A host whose players a parliament lets its pages show, once a visitor agrees."""

    __tablename__ = "stream_host"

    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), primary_key=True
    )
    host: Mapped[str] = mapped_column(String(253), primary_key=True)
