"""Moderators take back that a comment was kept, as they do with removals.

Revision ID: 5d1e8c30f7a9
Revises: 91c7e05ab2d4
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "5d1e8c30f7a9"
down_revision = "91c7e05ab2d4"
branch_labels = None
depends_on = None

ACTS = ("moderation:comment:reopened",)
OF_REMOVALS = op.f("ck_moderation_decision_restored_was_hidden")
OF_ALL = op.f("ck_moderation_decision_restored_before_an_appeal")


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    with op.batch_alter_table("moderation_decision") as batch:
        batch.drop_constraint(OF_REMOVALS, type_="check")
        batch.create_check_constraint(
            OF_ALL,
            "restored_at IS NULL OR (restored_by_id IS NOT NULL AND appeal IN ('none', 'open'))",
        )


def downgrade() -> None:
    """What was kept and taken back is simply kept again."""
    op.execute(
        sa.text(
            "UPDATE moderation_decision SET restored_at = NULL, restored_by_id = NULL,"
            " restored_office = '' WHERE verdict = 'kept'"
        )
    )
    with op.batch_alter_table("moderation_decision") as batch:
        batch.drop_constraint(OF_ALL, type_="check")
        batch.create_check_constraint(
            OF_REMOVALS,
            "restored_at IS NULL OR (verdict = 'hidden' AND restored_by_id IS NOT NULL"
            " AND appeal IN ('none', 'open'))",
        )
    forbid("record", "act", "act", ACTS)
