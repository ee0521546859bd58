"""Mails are sent under a lease, outside of any transaction.

Revision ID: f3b7c90d2e14
Revises: 6b2d90e4f1c7
"""

import sqlalchemy as sa
from alembic import op

revision = "f3b7c90d2e14"
down_revision = "6b2d90e4f1c7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.add_column(sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("leased_until")
