"""What co-authors say against a merge.

Revision ID: 6c0a4d7f93e2
Revises: 9b3d6f0e21c7
"""

import sqlalchemy as sa
from alembic import op

from voting.models import UtcDateTime

revision = "6c0a4d7f93e2"
down_revision = "9b3d6f0e21c7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merge_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"],
            ["proposal_merge.id"],
            name=op.f("fk_merge_objection_merge_id_proposal_merge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_merge_objection_user_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_objection")),
        sa.UniqueConstraint("merge_id", "user_id", name=op.f("uq_merge_objection_merge_id_user_id")),
    )


def downgrade() -> None:
    op.drop_table("merge_objection")
