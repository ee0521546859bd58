"""Records of what led to a merge, and of polls that were prepared.

Revision ID: 7be40d92c1a5
Revises: 4d1b7e60c8a5
"""

from budget_app.migrations.widening import allow, forbid

revision = "7be40d92c1a5"
down_revision = "4d1b7e60c8a5"
branch_labels = None
depends_on = None

ACTS = (
    "proposal:merge:asked",
    "proposal:merge:agreed",
    "proposal:merge:declined",
    "proposal:merge:objected",
    "proposal:merge:withdrawn",
    "hearing:poll:prepared",
    "hearing:poll:removed",
)


def upgrade() -> None:
    allow("record", "act", "act", ACTS)


def downgrade() -> None:
    forbid("record", "act", "act", ACTS)
