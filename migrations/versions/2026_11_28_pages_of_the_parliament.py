"""Pages that a parliament writes about itself.

Revision ID: 2ad60b7f9c15
Revises: 7c19e2b4a860
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "2ad60b7f9c15"
down_revision = "7c19e2b4a860"
branch_labels = None
depends_on = None

ACTS = ("parliament:page:changed",)


def upgrade() -> None:
    op.create_table(
        "parliament_page",
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "about",
                "rules",
                "help",
                "contact",
                name="pagekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_parliament_page_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("parliament_id", "kind", name=op.f("pk_parliament_page")),
    )
    op.add_column(
        "parliament", sa.Column("page_kinds", sa.JSON(), server_default="[]", nullable=False)
    )
    allow("record", "act", "act", ACTS)


def downgrade() -> None:
    forbid("record", "act", "act", ACTS)
    op.drop_column("parliament", "page_kinds")
    op.drop_table("parliament_page")
