"""What an official answer said before it was corrected.

Revision ID: 4d1b7e60c8a5
Revises: 5d0e93b7a1f4
"""

import sqlalchemy as sa
from alembic import op

revision = "4d1b7e60c8a5"
down_revision = "5d0e93b7a1f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hearing_question") as batch:
        batch.add_column(
            sa.Column("earlier_answers", sa.JSON(), nullable=False, server_default="[]")
        )
    with op.batch_alter_table("hearing_question") as batch:
        batch.alter_column("earlier_answers", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hearing_question") as batch:
        batch.drop_column("earlier_answers")
