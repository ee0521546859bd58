"""Witnesses of the log, their cosignatures, and how often receipts were checked."""

import sqlalchemy as sa
from alembic import op

from voting import triggers

revision = "5f2c81d7a3e4"
down_revision = "5e0d3c1a7b42"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_cosignature",)


def upgrade() -> None:
    op.create_table(
        "log_cosignature",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("witness", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reaches_quorum", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "size"],
            ["log_checkpoint.round_id", "log_checkpoint.size"],
            name=op.f("fk_log_cosignature_round_id_size_log_checkpoint"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "witness", "size", name=op.f("pk_log_cosignature")),
    )
    with op.batch_alter_table("log_cosignature", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_log_cosignature_round_id_size"), ["round_id", "size"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_log_cosignature_round_id_reaches_quorum_size"),
            ["round_id", "reaches_quorum", "size"],
            unique=False,
        )
    op.create_table(
        "receipt_checks",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("checks", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("checks >= 0", name=op.f("ck_receipt_checks_checks_not_negative")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_receipt_checks_round_id_poll"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_receipt_checks")),
    )
    op.create_table(
        "log_witness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
            name=op.f("fk_log_witness_round_id_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_witness")),
        sa.UniqueConstraint("round_id", "name", name=op.f("uq_log_witness_round_id_name")),
    )
    with op.batch_alter_table("log_witness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_witness_round_id"), ["round_id"], unique=False)
    column = sa.Column("witnesses_required", sa.Integer(), nullable=False, server_default="0")
    op.add_column("round", column)
    triggers.create(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    triggers.drop(op.get_bind(), APPEND_ONLY)
    op.drop_column("round", "witnesses_required")
    with op.batch_alter_table("log_witness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_witness_round_id"))

    op.drop_table("log_witness")
    op.drop_table("receipt_checks")
    with op.batch_alter_table("log_cosignature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_cosignature_round_id_reaches_quorum_size"))
        batch_op.drop_index(batch_op.f("ix_log_cosignature_round_id_size"))

    op.drop_table("log_cosignature")
