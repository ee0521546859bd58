"""A request to merge that the reviewers took back has a state of its own.

Revision ID: a40c7f92d6b3
Revises: 5d1e8c30f7a9
"""

from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "a40c7f92d6b3"
down_revision = "5d1e8c30f7a9"
branch_labels = None
depends_on = None

STATES = ("withdrawn",)


def upgrade() -> None:
    allow("proposal_merge", "state", "mergestate", STATES)


def downgrade() -> None:
    op.execute("UPDATE proposal_merge SET state = 'over' WHERE state = 'withdrawn'")
    forbid("proposal_merge", "state", "mergestate", STATES)
