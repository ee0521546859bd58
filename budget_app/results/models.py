"""A published count, and the pictures drawn of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.rounds.models import Round
from voting.models import Base, UtcDateTime, values_of


class CountState(StrEnum):
    PROVISIONAL = "provisional"
    CERTIFIED = "certified"
    ANNULLED = "annulled"


class Count(Base):
    """One count of a round; a repeated count is a new version beside the old one.

    `document` is the bytes of `tally/outcome.json` in the bundle.
    """

    __tablename__ = "count"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    state: Mapped[CountState] = mapped_column(values_of(CountState))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    input_digest: Mapped[str] = mapped_column(String(43))
    outcome_digest: Mapped[str] = mapped_column(String(43))
    log_size: Mapped[int]
    log_root: Mapped[str] = mapped_column(String(44))
    bundle: Mapped[str] = mapped_column(String(255))  # folder below the instance folder
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship()


class Picture(Base):
    """An SVG drawn once when a count is published."""

    __tablename__ = "picture"

    count_id: Mapped[int] = mapped_column(
        ForeignKey("count.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    svg: Mapped[str] = mapped_column(Text)
