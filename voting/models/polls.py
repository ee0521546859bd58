"""The round as the ballot box knows it, and each counted version of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import BOX_ID_LENGTH, REF_LENGTH, ROUND_ID_LENGTH, Base, values_of


class PollState(StrEnum):
    """The life of a poll, in this order."""

    DRAFT = "draft"
    SEALED = "sealed"
    OPEN = "open"
    CLOSED = "closed"
    COMMITTED = "committed"


class Poll(Base):
    """One round as the ballot box knows it: its sealed manifest and the state of its vote.

    `epoch` orders what is queued for the log: every official act raises it, so that no cast can
    be sequenced before `open` or after `close`, whatever a clock says. `key_test` is the digest of
    the stage that must come out of the key test, once that was begun. A destruction goes through
    `erased_at` (the rows are deleted), `compacted_at` (the database's files have forgotten them)
    and `destroyed_at` (nothing is left, and the log says so). `retired_at` is set on polls of exercises
    that nobody finds any more: no worker looks at them.
    """

    __tablename__ = "poll"
    __table_args__ = (
        CheckConstraint(
            "state = 'draft' OR (manifest IS NOT NULL AND opens IS NOT NULL AND closes IS NOT NULL)",
            name="sealed_has_manifest",
        ),
        CheckConstraint("opens IS NULL OR opens < closes", name="opens_before_closes"),
        CheckConstraint("epoch >= 0", name="epoch_not_negative"),
        CheckConstraint(
            "compacted_at IS NULL OR erased_at IS NOT NULL", name="compacted_after_erased"
        ),
    )

    round_id: Mapped[str] = mapped_column(String(ROUND_ID_LENGTH), primary_key=True)
    state: Mapped[PollState] = mapped_column(values_of(PollState), default=PollState.DRAFT)
    epoch: Mapped[int] = mapped_column(BigInteger, default=0)
    opens: Mapped[datetime | None]
    closes: Mapped[datetime | None]
    # Long, and kept in memory by its digest: read when it is asked for.
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    manifest_digest: Mapped[str | None] = mapped_column(String(REF_LENGTH))
    origin: Mapped[str | None] = mapped_column(String(255))
    log_key: Mapped[str | None] = mapped_column(Text)
    receipt_key: Mapped[str | None] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(String(128))
    seed_record: Mapped[str | None] = mapped_column(Text)
    key_test: Mapped[str | None] = mapped_column(String(REF_LENGTH))
    erased_at: Mapped[datetime | None]
    compacted_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class Box(Base):
    """One district's ballot in one round; `counted_*` are set by `box.commit`."""

    __tablename__ = "box"
    __table_args__ = (CheckConstraint("ballot_size > 0", name="ballot_size_positive"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="CASCADE"), primary_key=True
    )
    box_id: Mapped[str] = mapped_column(String(BOX_ID_LENGTH), primary_key=True)
    ballot_size: Mapped[int]
    counted_root: Mapped[bytes | None] = mapped_column(LargeBinary)
    counted_size: Mapped[int | None]


class PublicAct(Base):
    """An act that changed a sealed round, as its log entry has it; numbered from 1 in their order."""

    __tablename__ = "public_act"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(24))
    entry: Mapped[bytes] = mapped_column(LargeBinary)


class AmendedManifest(Base):
    """A sealed manifest that an amendment replaced before voting opened; numbered from 1."""

    __tablename__ = "amended_manifest"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    manifest: Mapped[bytes] = mapped_column(LargeBinary)


class Tally(Base):
    """One counted version of a round: what went in and, when counted, what came out."""

    __tablename__ = "tally"
    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    input_digest: Mapped[str] = mapped_column(String(REF_LENGTH))
    outcome_digest: Mapped[str | None] = mapped_column(String(REF_LENGTH))
