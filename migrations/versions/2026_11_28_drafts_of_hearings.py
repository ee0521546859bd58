"""A hearing is a draft until it is published; those that are there stay published.

Revision ID: 5d0c8e71b2f6
Revises: 6c0a4d7f93e2
"""

from budget_app.migrations.widening import allow, forbid

revision = "5d0c8e71b2f6"
down_revision = "6c0a4d7f93e2"
branch_labels = None
depends_on = None

ACTS = ("hearing:itself:announced", "hearing:itself:discarded")


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    allow("hearing", "state", "hearingstate", ("draft",))


def downgrade() -> None:
    """Drafts are deleted: without the word, everybody would see them."""
    forbid("hearing", "state", "hearingstate", ("draft",))
    forbid("record", "act", "act", ACTS)
