"""People follow hearings as they follow proposals and rounds.

Revision ID: c6f2b1d94e07
Revises: a40c7f92d6b3
"""

import sqlalchemy as sa
from alembic import op

revision = "c6f2b1d94e07"
down_revision = "a40c7f92d6b3"
branch_labels = None
depends_on = None

CHECK = op.f("ck_following_one_thing")
ONE_OF_TWO = "(proposal_id IS NULL) <> (round_id IS NULL)"
ONE_OF_THREE = (
    "(CASE WHEN proposal_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN round_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN hearing_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def upgrade() -> None:
    with op.batch_alter_table("following") as batch:
        batch.add_column(sa.Column("hearing_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_following_hearing_id_hearing"),
            "hearing",
            ["hearing_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_unique_constraint(
            op.f("uq_following_user_id_hearing_id"), ["user_id", "hearing_id"]
        )
        batch.create_index(op.f("ix_following_hearing_id"), ["hearing_id"], unique=False)
        batch.drop_constraint(CHECK, type_="check")
        batch.create_check_constraint(CHECK, ONE_OF_THREE)


def downgrade() -> None:
    op.execute("DELETE FROM following WHERE hearing_id IS NOT NULL")
    with op.batch_alter_table("following") as batch:
        batch.drop_constraint(CHECK, type_="check")
        batch.create_check_constraint(CHECK, ONE_OF_TWO)
        batch.drop_index(op.f("ix_following_hearing_id"))
        batch.drop_constraint(op.f("uq_following_user_id_hearing_id"), type_="unique")
        batch.drop_constraint(op.f("fk_following_hearing_id_hearing"), type_="foreignkey")
        batch.drop_column("hearing_id")
