"""A training session of a parliament, and the delegations that take part."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.parliaments.models import Parliament
from voting.models import Base, UtcDateTime, values_of

CODE_LENGTH = 9
"""Characters of a delegation's code, a hyphen in the middle: 40 bits."""


class TrainingSession(Base):
    """Held by one parliament, the host; `ended_at` once its exercises are closed to everybody."""

    __tablename__ = "training_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]  # how long the vote of a fresh exercise stays open
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    host: Mapped[Parliament] = relationship()
    delegations: Mapped[list["Delegation"]] = relationship(
        order_by="Delegation.id", lazy="selectin", back_populates="session"
    )


class DelegationState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Beginning(StrEnum):
    """Where a fresh exercise begins."""

    BOTH = "both"
    PROPOSALS = "proposals"
    VOTING = "voting"
    DELIVERY = "delivery"


class Delegation(Base):
    """One delegation and its present exercise; a reset gives it a fresh one.

    `made` counts the exercises it has had, so that each has an address of its own: the log of an
    earlier one can never be mistaken for the present one's.
    """

    __tablename__ = "delegation"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    state: Mapped[DelegationState] = mapped_column(
        values_of(DelegationState), default=DelegationState.WAITING, index=True
    )
    beginning: Mapped[Beginning] = mapped_column(values_of(Beginning), default=Beginning.BOTH)
    made: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    # While a worker makes the exercise; afterwards another takes up what it left.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exercise_id: Mapped[int | None] = mapped_column(
        ForeignKey("parliament.id", ondelete="SET NULL")
    )
    session: Mapped[TrainingSession] = relationship(back_populates="delegations")
    exercise: Mapped[Parliament | None] = relationship(foreign_keys=[exercise_id])
