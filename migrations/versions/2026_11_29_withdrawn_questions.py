"""People withdraw a question of theirs that waits in a hearing's queue.

Revision ID: 8e1f47b3d9c2
Revises: 5c2e91d7a4b8
"""

from budget_app.migrations.widening import allow, forbid

revision = "8e1f47b3d9c2"
down_revision = "5c2e91d7a4b8"
branch_labels = None
depends_on = None

STATES = ("withdrawn",)


def upgrade() -> None:
    allow("hearing_question", "state", "questionstate", STATES)


def downgrade() -> None:
    forbid("hearing_question", "state", "questionstate", STATES)
