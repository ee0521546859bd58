"""Commitments with their traffic light, answers to what people said, and surveys."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.deliberation.subjects import Subject, subject_of
from budget_app.hearings.models import Hearing
from budget_app.rounds.models import Round
from voting.models import Base, UtcDateTime, values_of

Texts = dict[str, str]
"""By language."""


class Principle(StrEnum):
    """What a commitment is about."""

    TRANSPARENCY = "transparency"
    ACCOUNTABILITY = "accountability"
    PARTICIPATION = "participation"
    ETHICS = "ethics"


class Light(StrEnum):
    """How a commitment stands; each needs a reason, and `GREEN` evidence."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Corrected:
    """What is published and can be corrected; what stood there before is kept, oldest first."""

    corrections: Mapped[list["Correction"]]

    @property
    def corrected_at(self) -> datetime | None:
        return self.corrections[-1].at if self.corrections else None


def _corrections() -> Any:
    return relationship("Correction", order_by="Correction.id", lazy="selectin")


class Commitment(Corrected, Base):
    """What the parliament promises in a round. It stays when it is broken."""

    __tablename__ = "commitment"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    principle: Mapped[Principle] = mapped_column(values_of(Principle))
    promises: Mapped[Texts] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship()
    standings: Mapped[list["Standing"]] = relationship(
        order_by="Standing.id.desc()", lazy="selectin", back_populates="commitment"
    )
    corrections: Mapped[list["Correction"]] = _corrections()

    @property
    def now(self) -> "Standing | None":
        """How it stands; None before anything was said of it."""
        return self.standings[0] if self.standings else None


class Standing(Corrected, Base):
    """How a commitment stood at one moment, and what shows it."""

    __tablename__ = "commitment_standing"
    __table_args__ = (
        CheckConstraint("evidence = '' OR evidence LIKE 'https://%'", name="evidence_is_https"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), index=True
    )
    light: Mapped[Light] = mapped_column(values_of(Light))
    words: Mapped[Texts] = mapped_column(JSON)
    evidence: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    commitment: Mapped[Commitment] = relationship(back_populates="standings")
    by: Mapped[User] = relationship(lazy="joined")
    corrections: Mapped[list["Correction"]] = _corrections()

    @property
    def round_(self) -> Round:
        return self.commitment.round_


class Answer(Corrected, Base):
    """You said, we did: what people asked for, and what became of it."""

    __tablename__ = "feedback_answer"
    __table_args__ = (
        CheckConstraint("evidence = '' OR evidence LIKE 'https://%'", name="evidence_is_https"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    said: Mapped[Texts] = mapped_column(JSON)
    did: Mapped[Texts] = mapped_column(JSON)
    evidence: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    by: Mapped[User] = relationship(lazy="joined")
    round_: Mapped[Round] = relationship()
    corrections: Mapped[list["Correction"]] = _corrections()


class Correction(Base):
    """What stood somewhere until an official corrected it: the former value of every field."""

    __tablename__ = "feedback_correction"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN commitment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN standing_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN answer_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_place",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int | None] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), index=True
    )
    standing_id: Mapped[int | None] = mapped_column(
        ForeignKey("commitment_standing.id", ondelete="CASCADE"), index=True
    )
    answer_id: Mapped[int | None] = mapped_column(
        ForeignKey("feedback_answer.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    by: Mapped[User] = relationship(lazy="joined")


class QuestionKind(StrEnum):
    CHOICE = "choice"
    SCALE = "scale"
    WORDS = "words"


class SurveyState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # opens by itself when its hearing ends
    OPEN = "open"
    CLOSED = "closed"


class Survey(Base):
    """A few questions about a round or a hearing, never both.

    One answer for each person, changeable while it is open. `chosen` is what the office decided;
    `state` is what everybody meets.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("(round_id IS NULL) <> (hearing_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "state <> 'waiting' OR hearing_id IS NOT NULL", name="only_hearings_are_awaited"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), index=True
    )
    hearing_id: Mapped[int | None] = mapped_column(
        ForeignKey("hearing.id", ondelete="CASCADE"), index=True
    )
    titles: Mapped[Texts] = mapped_column(JSON)
    chosen: Mapped[SurveyState] = mapped_column(
        "state", values_of(SurveyState), default=SurveyState.DRAFT
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round_: Mapped[Round | None] = relationship()
    hearing: Mapped[Hearing | None] = relationship()
    questions: Mapped[list["SurveyQuestion"]] = relationship(
        order_by="SurveyQuestion.id", lazy="selectin"
    )

    @property
    def subject(self) -> Subject:
        return subject_of(self.round_, self.hearing)

    @property
    def state(self) -> SurveyState:
        """What waited for the end of its hearing is open from then on."""
        if self.chosen is SurveyState.WAITING and self.hearing and self.hearing.is_over:
            return SurveyState.OPEN
        return self.chosen

    @property
    def is_published(self) -> bool:
        """Whether people see it: it is open, or was."""
        return self.state in (SurveyState.OPEN, SurveyState.CLOSED)


class SurveyQuestion(Base):
    """One question: one of its options, a number from 1 to 5, or words that only the office reads."""

    __tablename__ = "survey_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(values_of(QuestionKind))
    texts: Mapped[Texts] = mapped_column(JSON)
    options: Mapped[list[Texts]] = mapped_column(JSON, default=list)


class SurveyResponse(Base):
    """What one person answered, by the number of the question; it is never shown with the person."""

    __tablename__ = "survey_response"
    __table_args__ = (UniqueConstraint("survey_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    answers: Mapped[dict[str, int | str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
