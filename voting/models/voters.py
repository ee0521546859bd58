"""The roll: who may cast, with which right, and whose ballot does not count."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from tallying.evidence.canaries import Fate
from voting.models.base import BOX_ID_LENGTH, REF_LENGTH, ROUND_ID_LENGTH, Base, values_of


class VoterKind(StrEnum):
    """Who stands on the roll: people, and the auditors' test voters, who count for nothing."""

    VOTER = "voter"
    CANARY = "canary"


class Voter(Base):
    """One entry of the roll: who may vote, in which box, known only by a keyed hash.

    `ballots` is the sequence number of the last ballot cast; `account` is an opaque name of the
    account that claimed the entry. Who is `revoked` casts no more, and no ballot of theirs counts.
    """

    __tablename__ = "voter"
    __table_args__ = (
        UniqueConstraint("round_id", "account"),
        CheckConstraint("ballots >= 0", name="ballots_not_negative"),
    )

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="CASCADE"), primary_key=True
    )
    voter_ref: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    box_id: Mapped[str] = mapped_column(String(BOX_ID_LENGTH))
    date_of_birth: Mapped[date | None]
    email_hash: Mapped[str | None] = mapped_column(String(REF_LENGTH))
    account: Mapped[str | None] = mapped_column(String(64))
    ballots: Mapped[int] = mapped_column(default=0)
    revoked: Mapped[bool] = mapped_column(default=False, server_default=false())
    kind: Mapped[VoterKind] = mapped_column(values_of(VoterKind), default=VoterKind.VOTER)


class CanaryBallot(Base):
    """An auditor's commitment to a test ballot and, once opened, what it was and became.

    `committed_by` is the auditor's salted reference.
    """

    __tablename__ = "canary_ballot"
    __table_args__ = (
        CheckConstraint(
            "(nonce IS NULL) = (fate IS NULL) AND (nonce IS NULL) = (box_id IS NULL)",
            name="opened_whole",
        ),
    )

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="CASCADE"), primary_key=True
    )
    commitment: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    committed_by: Mapped[str] = mapped_column(String(REF_LENGTH))
    box_id: Mapped[str | None] = mapped_column(String(BOX_ID_LENGTH))
    choices: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    nonce: Mapped[str | None] = mapped_column(String(REF_LENGTH))
    fate: Mapped[Fate | None] = mapped_column(values_of(Fate))


class CastToken(Base):
    """A one-time right to cast, bound to voter, box and round; used when `leaf_hash` is set."""

    __tablename__ = "cast_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "voter_ref"], ["voter.round_id", "voter.voter_ref"], ondelete="CASCADE"
        ),
        CheckConstraint("(body_mac IS NULL) = (leaf_hash IS NULL)", name="used_whole"),
    )

    round_id: Mapped[str] = mapped_column(String(ROUND_ID_LENGTH), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    voter_ref: Mapped[str] = mapped_column(String(REF_LENGTH))
    box_id: Mapped[str] = mapped_column(String(BOX_ID_LENGTH))
    body_mac: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    leaf_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Revocation(Base):
    """Whose online ballot does not count, and why; the log's `revoke` entry commits to it."""

    __tablename__ = "revocation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "voter_ref"], ["voter.round_id", "voter.voter_ref"], ondelete="RESTRICT"
        ),
    )

    round_id: Mapped[str] = mapped_column(String(ROUND_ID_LENGTH), primary_key=True)
    voter_ref: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    box_id: Mapped[str] = mapped_column(String(BOX_ID_LENGTH))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
