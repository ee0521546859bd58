"""The tables of the ballot box.

Every primary key begins with the round and no foreign key crosses rounds, so that rounds can be
partitioned over databases.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from tallying.evidence.canaries import Fate

ROUND_ID_LENGTH = 128
BOX_ID_LENGTH = 64
WITNESS_NAME_LENGTH = 60
REF_LENGTH = 43
"""A SHA-256 in base64url without padding."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; a time without a zone is refused. SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A time without a zone cannot be stored."
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def values_of(choices: type[StrEnum], length: int = 24) -> Enum:
    """A column type that stores a `StrEnum` by value, with a named CHECK."""
    return Enum(
        choices,
        name=choices.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=length,
    )


class Base(DeclarativeBase):
    """The one declarative base of the project."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: dict[Any, Any] = {datetime: UtcDateTime}


class PollState(StrEnum):
    """The life of a poll, in this order."""

    DRAFT = "draft"
    SEALED = "sealed"
    OPEN = "open"
    CLOSED = "closed"
    COMMITTED = "committed"


class Channel(StrEnum):
    """How a ballot reached the box."""

    WEB = "web"
    IMPORT = "import"


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
