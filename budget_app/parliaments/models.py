"""A parliament: names, languages, currency, colours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models import Base, UtcDateTime

LANGUAGES = ("en", "es", "fr", "pt")
DEFAULT_ACCENT = "#0b5d5b"


class Parliament(Base):
    """One institution; everything it owns hangs below it in the address."""

    __tablename__ = "parliament"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("length(currency) = 3", name="currency_has_three_letters"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    languages: Mapped[list[str]] = mapped_column(JSON)
    currency: Mapped[str] = mapped_column(String(3))
    minor_digits: Mapped[int] = mapped_column(default=2)
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")  # an IANA name
    accent: Mapped[str] = mapped_column(String(7), default=DEFAULT_ACCENT)
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def zone(self) -> ZoneInfo:
        """In which times are shown and entered."""
        return ZoneInfo(self.timezone)

    @property
    def default_language(self) -> str:
        return self.languages[0]
