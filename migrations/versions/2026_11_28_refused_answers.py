"""What the form of a proposal refused is kept as it was typed.

Revision ID: 5d0e93b7a1f4
Revises: 5b90e2d7a41c
"""

import sqlalchemy as sa
from alembic import op

revision = "5d0e93b7a1f4"
down_revision = "5b90e2d7a41c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("refused", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("refused")
