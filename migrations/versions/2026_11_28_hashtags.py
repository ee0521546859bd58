"""The word under which a round is spoken of elsewhere.

Revision ID: c60d1f9e2b83
Revises: 3f8d5b21c7a4
"""

import sqlalchemy as sa
from alembic import op

revision = "c60d1f9e2b83"
down_revision = "3f8d5b21c7a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "round", sa.Column("hashtag", sa.String(length=40), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("round", "hashtag")
