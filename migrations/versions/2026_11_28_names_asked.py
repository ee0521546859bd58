"""Whether somebody was asked for a public name, and whether a question of a hearing carries it.

Questions asked so far were promised to stand without a name, and do.

Revision ID: 9b3d6f0e21c7
Revises: 4e7a92c1b8d5
"""

import sqlalchemy as sa
from alembic import op

revision = "9b3d6f0e21c7"
down_revision = "4e7a92c1b8d5"
branch_labels = None
depends_on = None

COLUMNS = {"user_account": "name_asked", "hearing_question": "signed"}


def upgrade() -> None:
    for table, column in COLUMNS.items():
        op.add_column(
            table, sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.drop_column(table, column)
