"""Corrections of what is published, and removals of comments that were taken back.

Revision ID: 0c9d4a7e61f3
Revises: b5e70d2c94a8
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "0c9d4a7e61f3"
down_revision = "b5e70d2c94a8"
branch_labels = None
depends_on = None

ACTS = (
    "feedback:commitment:corrected",
    "feedback:standing:corrected",
    "feedback:answer:corrected",
    "moderation:comment:restored",
)
PLACES = (
    ("commitment_id", "commitment"),
    ("standing_id", "commitment_standing"),
    ("answer_id", "feedback_answer"),
)
ONE = " + ".join(f"(CASE WHEN {key} IS NULL THEN 0 ELSE 1 END)" for key, _table in PLACES)
CHECK = op.f("ck_moderation_decision_restored_was_hidden")


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    op.create_table(
        "feedback_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(key, sa.Integer(), nullable=True) for key, _table in PLACES),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"{ONE} = 1", name=op.f("ck_feedback_correction_one_place")),
        *(
            sa.ForeignKeyConstraint(
                [key],
                [f"{table}.id"],
                name=op.f(f"fk_feedback_correction_{key}_{table}"),
                ondelete="CASCADE",
            )
            for key, table in PLACES
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_feedback_correction_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_correction")),
    )
    with op.batch_alter_table("feedback_correction") as batch:
        for key, _table in PLACES:
            batch.create_index(batch.f(f"ix_feedback_correction_{key}"), [key], unique=False)
    with op.batch_alter_table("moderation_decision") as batch:
        batch.add_column(sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("restored_by_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("restored_office", sa.String(length=120), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            op.f("fk_moderation_decision_restored_by_id_user_account"),
            "user_account",
            ["restored_by_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_check_constraint(
            CHECK,
            "restored_at IS NULL OR (verdict = 'hidden' AND restored_by_id IS NOT NULL"
            " AND appeal IN ('none', 'open'))",
        )
    with op.batch_alter_table("moderation_decision") as batch:
        batch.alter_column(
            "restored_office", existing_type=sa.String(length=120), server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("moderation_decision") as batch:
        batch.drop_constraint(CHECK, type_="check")
        batch.drop_constraint(
            op.f("fk_moderation_decision_restored_by_id_user_account"), type_="foreignkey"
        )
        for column in ("restored_at", "restored_by_id", "restored_office"):
            batch.drop_column(column)
    op.drop_table("feedback_correction")
    forbid("record", "act", "act", ACTS)
