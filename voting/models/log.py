"""The public log: what waits for it, its leaves, its signed states and what people checked in it."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import ROUND_ID_LENGTH, Base

WITNESS_NAME_LENGTH = 60


class LogQueue(Base):
    """An entry promised to the log and not yet sequenced."""

    __tablename__ = "log_queue"
    __table_args__ = (UniqueConstraint("round_id", "leaf_hash"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    epoch: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    queued_at: Mapped[datetime] = mapped_column(primary_key=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    entry: Mapped[bytes] = mapped_column(LargeBinary)


class LogHead(Base):
    """How many entries the log has; whoever holds this row's lock is the sequencer."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    size: Mapped[int] = mapped_column(BigInteger, default=0)


class LogEntry(Base):
    """One leaf of the public log; append-only by trigger."""

    __tablename__ = "log_entry"
    __table_args__ = (
        UniqueConstraint("round_id", "leaf_hash"),
        CheckConstraint("position >= 0", name="position_not_negative"),
    )

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    entry: Mapped[bytes] = mapped_column(LargeBinary)


class LogTile(Base):
    """256 consecutive hashes of one level of tiles, and the root over them; append-only by trigger.

    Only whole tiles are stored: the ragged right edge is read from the level below.
    """

    __tablename__ = "log_tile"

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tile_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    hashes: Mapped[bytes] = mapped_column(LargeBinary(8192))


class LogCheckpoint(Base):
    """A signed statement of the log's size and root; append-only by trigger."""

    __tablename__ = "log_checkpoint"

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]


class LogCosignature(Base):
    """A witness's signature of a checkpoint; append-only by trigger.

    `witness` is its name in the manifest's policy, `reaches_quorum` true when with this signature
    the policy was met.
    """

    __tablename__ = "log_cosignature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "size"],
            ["log_checkpoint.round_id", "log_checkpoint.size"],
            ondelete="RESTRICT",
        ),
        Index(None, "round_id", "size"),
        Index(None, "round_id", "reaches_quorum", "size"),
    )

    round_id: Mapped[str] = mapped_column(String(ROUND_ID_LENGTH), primary_key=True)
    witness: Mapped[str] = mapped_column(String(WITNESS_NAME_LENGTH), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]
    reaches_quorum: Mapped[bool]


class ReceiptChecks(Base):
    """How often receipts of a round were found in the log by the public page; nothing else."""

    __tablename__ = "receipt_checks"
    __table_args__ = (CheckConstraint("checks >= 0", name="checks_not_negative"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="CASCADE"), primary_key=True
    )
    checks: Mapped[int] = mapped_column(BigInteger)


class HandedAcceptance(Base):
    """A signed acceptance that somebody handed in, for the bundle; nothing tells who; append-only."""

    __tablename__ = "handed_acceptance"

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
