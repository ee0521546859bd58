"""Ballots in their envelopes, and what opening them gave."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import BOX_ID_LENGTH, REF_LENGTH, ROUND_ID_LENGTH, Base, values_of


class Channel(StrEnum):
    """How a ballot reached the box."""

    WEB = "web"
    IMPORT = "import"


class Envelope(Base):
    """One accepted ballot, as bytes that the box does not read; the voter's last one counts."""

    __tablename__ = "envelope"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "voter_ref"], ["voter.round_id", "voter.voter_ref"], ondelete="RESTRICT"
        ),
        UniqueConstraint("round_id", "leaf_hash"),
        Index(None, "round_id", "accepted_at"),
        CheckConstraint("seq > 0", name="seq_positive"),
    )

    round_id: Mapped[str] = mapped_column(String(ROUND_ID_LENGTH), primary_key=True)
    voter_ref: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[str] = mapped_column(String(BOX_ID_LENGTH))
    channel: Mapped[Channel] = mapped_column(values_of(Channel))
    accepted_at: Mapped[datetime]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    ct: Mapped[bytes] = mapped_column(LargeBinary(32))
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class LayerPurpose(StrEnum):
    """What was opened: three test ballots before the vote, or the boxes after it."""

    TEST = "test"
    COUNT = "count"


class OpenedLayer(Base):
    """What one body's layer gave: its report, and the note that two machines signed."""

    __tablename__ = "opened_layer"
    __table_args__ = (CheckConstraint("layer IN ('outer', 'inner')", name="layer_known"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("poll.round_id", ondelete="RESTRICT"), primary_key=True
    )
    purpose: Mapped[LayerPurpose] = mapped_column(values_of(LayerPurpose), primary_key=True)
    layer: Mapped[str] = mapped_column(String(5), primary_key=True)
    input_digest: Mapped[str] = mapped_column(String(REF_LENGTH))
    output_digest: Mapped[str] = mapped_column(String(REF_LENGTH))
    report: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
