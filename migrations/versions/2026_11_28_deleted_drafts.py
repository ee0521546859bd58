"""Administrators delete a draft of a round, with a record.

Revision ID: 91c7e05ab2d4
Revises: 7be40d92c1a5
"""

from budget_app.migrations.widening import allow, forbid

revision = "91c7e05ab2d4"
down_revision = "7be40d92c1a5"
branch_labels = None
depends_on = None

ACTS = ("round:itself:deleted",)


def upgrade() -> None:
    allow("record", "act", "act", ACTS)


def downgrade() -> None:
    forbid("record", "act", "act", ACTS)
