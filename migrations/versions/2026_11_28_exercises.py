"""Where exercises begin, how their people come back to them, and how they end.

Revision ID: 90ce47b1d25a
Revises: 7a1e0c94d3b6
"""

import sqlalchemy as sa
from alembic import op

revision = "90ce47b1d25a"
down_revision = "7a1e0c94d3b6"
branch_labels = None
depends_on = None

BEGINNINGS = ("both", "proposals", "voting", "delivery")


def upgrade() -> None:
    with op.batch_alter_table("delegation") as batch:
        batch.add_column(
            sa.Column("beginning", sa.String(24), nullable=False, server_default="both")
        )
        batch.create_check_constraint(
            op.f("ck_delegation_beginning"), sa.column("beginning").in_(BEGINNINGS)
        )
    with op.batch_alter_table("delegation") as batch:
        batch.alter_column("beginning", existing_type=sa.String(24), server_default=None)
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("exercise_code", sa.String(9), nullable=True))
        batch.create_unique_constraint(
            op.f("uq_user_account_exercise_id_exercise_code"), ["exercise_id", "exercise_code"]
        )
    with op.batch_alter_table("poll") as batch:
        batch.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("poll") as batch:
        batch.drop_column("retired_at")
    with op.batch_alter_table("user_account") as batch:
        batch.drop_constraint(op.f("uq_user_account_exercise_id_exercise_code"), type_="unique")
        batch.drop_column("exercise_code")
    with op.batch_alter_table("delegation") as batch:
        batch.drop_constraint(op.f("ck_delegation_beginning"), type_="check")
        batch.drop_column("beginning")
