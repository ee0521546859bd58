"""Users, their roles, their sign-ins, and the links that let them in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models import Base, UtcDateTime, values_of

if TYPE_CHECKING:
    from budget_app.parliaments.models import Parliament


class Role(StrEnum):
    """What a person may do in one parliament; everybody signed in is a citizen."""

    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    MODERATOR = "moderator"
    PARLIAMENTARIAN = "parliamentarian"
    CITIZEN = "citizen"


class User(UserMixin, Base):
    """A person with an account. The e-mail address is kept in lower case."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        UniqueConstraint("exercise_id", "exercise_number"),
        UniqueConstraint("exercise_id", "exercise_code"),
        CheckConstraint(
            "exercise_number IS NULL OR exercise_id IS NOT NULL", name="number_of_an_exercise"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    # Whether the person was asked once how published words are signed; an empty name is an answer.
    name_asked: Mapped[bool] = mapped_column(default=False)
    office: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # An account of a training session exists in one exercise alone, and needs no second factor there.
    exercise_id: Mapped[int | None] = mapped_column(ForeignKey("parliament.id", ondelete="CASCADE"))
    exercise_number: Mapped[int | None]
    # With which its person comes back to it: nothing in an exercise is worth a password.
    exercise_code: Mapped[str | None] = mapped_column(String(9))
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    exercise: Mapped[Parliament | None] = relationship()

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def roles_in(self, parliament: Parliament) -> frozenset[Role]:
        held = {m.role for m in self.memberships if m.parliament_id == parliament.id}
        return frozenset(held | {Role.CITIZEN})

    def is_official(self) -> bool:
        return any(membership.role is not Role.CITIZEN for membership in self.memberships)

    def get_id(self) -> str:
        """What the session keeps is the sign-in's token, not the account: it can be revoked."""
        return self.sign_in_token

    sign_in_token = ""


class Membership(Base):
    """One role of one user in one parliament."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    parliament_id: Mapped[int] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(values_of(Role), primary_key=True)
    user: Mapped[User] = relationship(back_populates="memberships")
    parliament: Mapped[Parliament] = relationship()


class SignIn(Base):
    """A session as a row: revocable, with an absolute end. Only the token's hash is kept."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined")

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor_at is not None


class LinkPurpose(StrEnum):
    SIGN_IN = "sign-in"
    SET_UP = "set-up"


class SignInLink(Base):
    """A one-time link sent by e-mail, or printed by a command. Only the token's hash is kept."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(values_of(LinkPurpose))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Base):
    """How often something was tried in one window of time; the key is a hash, never an address."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
