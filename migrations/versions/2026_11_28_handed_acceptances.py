"""Acceptances that voters handed in, which the bundle publishes."""

import sqlalchemy as sa
from alembic import op

from voting import triggers

revision = "c2a95e1f7b08"
down_revision = "8c3e5a90b1d7"
branch_labels = None
depends_on = None

APPEND_ONLY = ("handed_acceptance",)


def upgrade() -> None:
    op.create_table(
        "handed_acceptance",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_handed_acceptance_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "leaf_hash", name=op.f("pk_handed_acceptance")),
    )
    triggers.create(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    triggers.drop(op.get_bind(), APPEND_ONLY)
    op.drop_table("handed_acceptance")
