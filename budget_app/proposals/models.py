"""A proposal with all that belongs to it. Nothing of a review is public before it is finished."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.proposals.costs import CostLine
from budget_app.rounds.models import District, Round
from voting.models import Base, UtcDateTime, values_of


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Proposal(Base):
    """What a citizen submits; accepted with a cost and an explanation, or rejected with a reason."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("estimate IS NULL OR estimate >= 0", name="estimate_not_negative"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost_not_negative"),
        CheckConstraint("state <> 'accepted' OR cost IS NOT NULL", name="accepted_has_a_cost"),
        CheckConstraint("state <> 'rejected' OR explanation <> ''", name="rejected_has_a_reason"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_a_day"
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="pin_is_whole"),
        CheckConstraint(
            "latitude BETWEEN -85 AND 85 AND longitude BETWEEN -180 AND 180", name="pin_is_on_maps"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="RESTRICT"))
    author_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[ProposalState] = mapped_column(
        values_of(ProposalState), default=ProposalState.DRAFT, index=True
    )
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Numbers of Sustainable Development Goals.
    goals: Mapped[list[int]] = mapped_column(JSON, default=list)
    # The estimate's lines, each as `CostLine.row` writes it; `estimate` is their sum.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    estimate: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None]  # degrees, WGS 84
    longitude: Mapped[float | None]
    # What the form refused last, as it was typed, by the name of the field; none once it is mended.
    refused: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[int | None] = mapped_column(BigInteger)
    explanation: Mapped[str] = mapped_column(Text, default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship()
    district: Mapped[District] = relationship(lazy="joined")
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="joined")
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])
    pictures: Mapped[list[ProposalPicture]] = relationship(
        cascade="all, delete-orphan",
        order_by="(ProposalPicture.position, ProposalPicture.id)",
        lazy="selectin",
    )
    attachments: Mapped[list[ProposalAttachment]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalAttachment.id"
    )
    coauthors: Mapped[list[Coauthor]] = relationship(
        cascade="all, delete-orphan", order_by="Coauthor.id", back_populates="proposal"
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it: what was submitted once never vanishes."""
        return self.submitted_at is not None

    @property
    def cost_lines(self) -> list[CostLine]:
        return [CostLine(**row) for row in self.lines]

    @property
    def picture(self) -> ProposalPicture | None:
        """The one that stands for the proposal in lists."""
        return self.pictures[0] if self.pictures else None

    @property
    def joined(self) -> list[User]:
        """The co-authors who accepted, in the order of their invitations."""
        return [coauthor.user for coauthor in self.coauthors if coauthor.user is not None]

    def is_written_by(self, user_id: int) -> bool:
        """Whether the person is the author, or a co-author who accepted."""
        return user_id == self.author_id or user_id in [user.id for user in self.joined]


class ProposalVersion(Base):
    """A proposal as it stood after one change: `content` as `history.content_of` writes it."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    editor_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # Drafts are their authors' own affair, also afterwards.
    is_public: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    editor: Mapped[User | None] = relationship(lazy="joined")


class ProposalPicture(Base):
    """A picture as it was encoded here, in two widths; `digest` names it in addresses."""

    __tablename__ = "proposal_picture"
    __table_args__ = (
        UniqueConstraint("proposal_id", "digest"),
        CheckConstraint("description <> ''", name="picture_is_described"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    position: Mapped[int]  # the least is the first picture
    description: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    large: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    def width_at(self, longest: int) -> int:
        """How wide the picture is when its longer side is at most `longest` pixels."""
        return round(self.width * min(1, longest / max(self.width, self.height)))


class FileKind(StrEnum):
    PDF = "pdf"
    TEXT = "txt"


class ProposalAttachment(Base):
    """A file beside a proposal, to be saved and never shown in the page."""

    __tablename__ = "proposal_attachment"
    __table_args__ = (
        UniqueConstraint("proposal_id", "digest"),
        CheckConstraint("title <> ''", name="attachment_has_a_title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[FileKind] = mapped_column(values_of(FileKind))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Coauthor(Base):
    """Somebody invited to write along: an address and a token until a person has accepted."""

    __tablename__ = "coauthor"
    __table_args__ = (
        UniqueConstraint("proposal_id", "email"),
        UniqueConstraint("proposal_id", "user_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint(
            "(user_id IS NULL) = (accepted_at IS NULL)"
            " AND (user_id IS NULL) = (email IS NOT NULL)"
            " AND (user_id IS NULL) = (token_hash IS NOT NULL)",
            name="invited_or_joined",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    # What an answered invitation was sent to, and with, is forgotten.
    email: Mapped[str | None] = mapped_column(String(254))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposal: Mapped[Proposal] = relationship(back_populates="coauthors")
    user: Mapped[User | None] = relationship(lazy="joined")
