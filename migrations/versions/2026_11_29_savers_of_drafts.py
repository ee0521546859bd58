"""Who saved the draft of a review last: whoever saves after them is told.

Revision ID: 5c2e91d7a4b8
Revises: c6f2b1d94e07
"""

import sqlalchemy as sa
from alembic import op

revision = "5c2e91d7a4b8"
down_revision = "c6f2b1d94e07"
branch_labels = None
depends_on = None

NAME = "fk_review_draft_saved_by_id_user_account"


def upgrade() -> None:
    with op.batch_alter_table("review_draft") as batch:
        batch.add_column(sa.Column("saved_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(NAME, "user_account", ["saved_by_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("review_draft") as batch:
        batch.drop_constraint(NAME, type_="foreignkey")
        batch.drop_column("saved_by_id")
