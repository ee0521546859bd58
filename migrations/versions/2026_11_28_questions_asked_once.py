"""A question of a hearing has the token of its form: sent twice, it is one question.

Revision ID: 5b90e2d7a41c
Revises: c27a95d04be8
"""

import sqlalchemy as sa
from alembic import op

revision = "5b90e2d7a41c"
down_revision = "c27a95d04be8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hearing_question") as batch:
        batch.add_column(sa.Column("once", sa.String(length=43), nullable=True))
        batch.create_unique_constraint(
            op.f("uq_hearing_question_author_id_once"), ["author_id", "once"]
        )


def downgrade() -> None:
    with op.batch_alter_table("hearing_question") as batch:
        batch.drop_constraint(op.f("uq_hearing_question_author_id_once"), type_="unique")
        batch.drop_column("once")
