"""Records of what led to a merge, and of polls that were prepared.

Revision ID: 7be40d92c1a5
Revises: c27a95d04be8
"""

from budget_app.migrations.widening import allow, forbid

revision = "7be40d92c1a5"
down_revision = "c27a95d04be8"
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
