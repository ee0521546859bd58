"""The offices of a parliament in its languages.

Revision ID: 6b2d90e4f1c7
Revises: d83f6c1a5e70
"""

import sqlalchemy as sa
from alembic import op

revision = "6b2d90e4f1c7"
down_revision = "d83f6c1a5e70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("parliament") as batch:
        batch.add_column(sa.Column("offices", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("parliament") as batch:
        batch.alter_column("offices", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("parliament") as batch:
        batch.drop_column("offices")
