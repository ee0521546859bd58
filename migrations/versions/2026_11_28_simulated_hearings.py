"""How far invented people are in a simulated hearing.

Revision ID: 8e41f7a3c902
Revises: 5d0c8e71b2f6
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "8e41f7a3c902"
down_revision = "5d0c8e71b2f6"
branch_labels = None
depends_on = None

ACTS = ("hearing:simulation:started", "hearing:simulation:stopped")


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    op.create_table(
        "hearing_simulation",
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(80), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'stopped', 'over', 'failed')",
            name=op.f("ck_hearing_simulation_simulationstate"),
        ),
        sa.CheckConstraint(
            "next_step >= 0 AND seconds >= 0", name=op.f("ck_hearing_simulation_moves_on")
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure <> '')",
            name=op.f("ck_hearing_simulation_failed_says_why"),
        ),
        _refers("hearing_id", "hearing", "CASCADE"),
        _refers("by_id", "user_account", "RESTRICT"),
        _refers("poll_id", "hearing_poll", "SET NULL"),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_hearing_simulation")),
    )
    op.create_index(op.f("ix_hearing_simulation_state"), "hearing_simulation", ["state"])


def downgrade() -> None:
    op.drop_table("hearing_simulation")
    forbid("record", "act", "act", ACTS)


def _refers(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_hearing_simulation_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)
