"""A parliament: names, languages, currency, colours; and what it says of itself."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models import Base, UtcDateTime, values_of

DEFAULT_ACCENT = "#0b5d5b"


class PageKind(StrEnum):
    """The pages that a parliament can write about itself."""

    ABOUT = "about"
    RULES = "rules"
    HELP = "help"
    CONTACT = "contact"


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
    is_exercise: Mapped[bool] = mapped_column(default=False)
    # An exercise that was reset or ended: nobody finds it any more.
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Which of its own pages stand, in their order: every footer links them without a further query.
    page_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Its offices, each by language: what an official signs with in one is shown in the reader's.
    offices: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def zone(self) -> ZoneInfo:
        """In which times are shown and entered."""
        return ZoneInfo(self.timezone)

    @property
    def pages(self) -> list[PageKind]:
        """Those of its own pages that say something."""
        return [PageKind(kind) for kind in self.page_kinds]

    @property
    def default_language(self) -> str:
        return self.languages[0]


class ParliamentPage(Base):
    """One page of a parliament's own words: Markdown in each language in which it is written."""

    __tablename__ = "parliament_page"

    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[PageKind] = mapped_column(values_of(PageKind), primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
