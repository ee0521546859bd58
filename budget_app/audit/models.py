"""Auditors' keys, their attestations, and objections with their answers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.results.models import Count
from voting.models import Base, UtcDateTime, values_of


class AuditorKey(Base):
    """The public key with which an auditor signs in one parliament (signed-note verifier key)."""

    __tablename__ = "auditor_key"
    __table_args__ = (UniqueConstraint("parliament_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parliament_id: Mapped[int] = mapped_column(ForeignKey("parliament.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    verifier_key: Mapped[str] = mapped_column(String(255))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined")


class Attestation(Base):
    """An auditor's signed statement about one count."""

    __tablename__ = "attestation"

    count_id: Mapped[int] = mapped_column(
        ForeignKey("count.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT"), primary_key=True
    )
    note: Mapped[str] = mapped_column(Text)
    verifier_key: Mapped[str] = mapped_column(String(255))
    attested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_bundle: Mapped[bool] = mapped_column(default=False)  # the worker adds the note afterwards
    user: Mapped[User] = relationship(lazy="joined")
    count: Mapped[Count] = relationship()


class ObjectionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    UPHELD = "upheld"


class Objection(Base):
    """An auditor's objection with reasons; answered, then withdrawn or upheld."""

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("reasons <> ''", name="objection_has_reasons"),
        CheckConstraint("state <> 'answered' OR answer <> ''", name="answered_has_an_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("count.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    state: Mapped[ObjectionState] = mapped_column(
        values_of(ObjectionState), default=ObjectionState.OPEN
    )
    reasons: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    count: Mapped[Count] = relationship()

    @property
    def is_open(self) -> bool:
        """Neither withdrawn nor upheld, answered or not: it keeps a count from being certified."""
        return self.state in (ObjectionState.OPEN, ObjectionState.ANSWERED)
