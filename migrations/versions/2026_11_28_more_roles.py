"""Moderators and parliamentarians.

Revision ID: 7c19e2b4a860
Revises: 8c3e5a90b1d7
"""

from budget_app.migrations.widening import allow, forbid

revision = "7c19e2b4a860"
down_revision = "8c3e5a90b1d7"
branch_labels = None
depends_on = None

ROLES = ("moderator", "parliamentarian")


def upgrade() -> None:
    allow("membership", "role", "role", ROLES)


def downgrade() -> None:
    forbid("membership", "role", "role", ROLES)
