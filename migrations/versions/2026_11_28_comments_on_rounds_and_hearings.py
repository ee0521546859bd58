"""Comments on rounds and hearings, besides those on proposals.

Revision ID: b5e70d2c94a8
Revises: 6f1b8e30c7d9
"""

import sqlalchemy as sa
from alembic import op

revision = "b5e70d2c94a8"
down_revision = "6f1b8e30c7d9"
branch_labels = None
depends_on = None

ONE = " + ".join(
    f"(CASE WHEN {key} IS NULL THEN 0 ELSE 1 END)"
    for key in ("proposal_id", "round_id", "hearing_id")
)
CHECK = op.f("ck_thread_one_subject")
ELSEWHERE = "SELECT id FROM thread WHERE proposal_id IS NULL"
COMMENTS = f"SELECT id FROM comment WHERE thread_id IN ({ELSEWHERE})"  # noqa: S608
GONE = (
    ("comment_report", "comment_id", COMMENTS),
    ("moderation_decision", "comment_id", COMMENTS),
    ("comment_vote", "comment_id", COMMENTS),
    ("comment_translation", "comment_id", COMMENTS),
    ("comment", "thread_id", ELSEWHERE),
    ("thread", "id", ELSEWHERE),
)
"""In this order, because keys are off during migrations on SQLite: nothing falls by itself."""


def upgrade() -> None:
    with op.batch_alter_table("thread") as batch:
        batch.drop_constraint(CHECK, type_="check")
        for table in ("round", "hearing"):
            key = f"{table}_id"
            batch.add_column(sa.Column(key, sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_thread_{key}_{table}"), table, [key], ["id"], ondelete="CASCADE"
            )
            batch.create_unique_constraint(op.f(f"uq_thread_{key}"), [key])
        batch.create_check_constraint(CHECK, f"{ONE} = 1")


def downgrade() -> None:
    """Comments on rounds and hearings go: there is no place for them. Those on proposals stay."""
    for table, key, which in GONE:
        op.execute(sa.text(f"DELETE FROM {table} WHERE {key} IN ({which})"))  # noqa: S608
    with op.batch_alter_table("thread") as batch:
        batch.drop_constraint(CHECK, type_="check")
        for table in ("round", "hearing"):
            key = f"{table}_id"
            batch.drop_constraint(op.f(f"uq_thread_{key}"), type_="unique")
            batch.drop_constraint(op.f(f"fk_thread_{key}_{table}"), type_="foreignkey")
            batch.drop_column(key)
        batch.create_check_constraint(CHECK, "proposal_id IS NOT NULL")
