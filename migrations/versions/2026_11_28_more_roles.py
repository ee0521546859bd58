"""Moderators and parliamentarians.

Revision ID: 7c19e2b4a860
Revises: c2a95e1f7b08
"""

from budget_app.migrations.widening import allow, forbid

revision = "7c19e2b4a860"
down_revision = "c2a95e1f7b08"
branch_labels = None
depends_on = None

ROLES = ("moderator", "parliamentarian")


def upgrade() -> None:
    allow("membership", "role", "role", ROLES)


def downgrade() -> None:
    forbid("membership", "role", "role", ROLES)
