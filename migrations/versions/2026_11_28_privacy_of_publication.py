"""What a round publishes of its ballots: rounds that were sealed before keep what was usual."""

import sqlalchemy as sa
from alembic import op

revision = "b7d4c0a91e52"
down_revision = "3b1f6c0d92ae"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("privacy", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.alter_column("privacy", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_column("privacy")
