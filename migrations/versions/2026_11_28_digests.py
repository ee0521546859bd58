"""Digests of a parliament, and when a survey was opened.

Revision ID: d83f6c1a5e70
Revises: e82f60b4d7a1
"""

import sqlalchemy as sa
from alembic import op

revision = "d83f6c1a5e70"
down_revision = "e82f60b4d7a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("pace", sa.String(24), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pace IN ('daily', 'weekly', 'never')", name=op.f("ck_digest_choice_pace")
        ),
        _refers("user_id", "user_account"),
        _refers("parliament_id", "parliament"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_choice")),
        sa.UniqueConstraint(
            "user_id", "parliament_id", name=op.f("uq_digest_choice_user_id_parliament_id")
        ),
    )
    op.create_index(op.f("ix_digest_choice_parliament_id"), "digest_choice", ["parliament_id"])
    op.create_index(op.f("ix_digest_choice_due_at"), "digest_choice", ["due_at"])
    with op.batch_alter_table("survey") as batch:
        batch.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE survey SET opened_at = made_at WHERE state <> 'draft'")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_digest_choice_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("survey") as batch:
        batch.drop_column("opened_at")
    op.drop_table("digest_choice")
