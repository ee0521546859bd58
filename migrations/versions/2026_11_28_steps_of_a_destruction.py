"""When a destruction deleted a round's rows, and when the database's files had forgotten them."""

import sqlalchemy as sa
from alembic import op

revision = "8c3e5a90b1d7"
down_revision = "d41f7a60c8e3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("compacted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_poll_compacted_after_erased"),
            "compacted_at IS NULL OR erased_at IS NOT NULL",
        )
    # Earlier destructions never learned whether the files were compacted: that is still to be done.
    op.execute("UPDATE poll SET erased_at = destroyed_at WHERE destroyed_at IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_poll_compacted_after_erased"), type_="check")
        batch_op.drop_column("compacted_at")
        batch_op.drop_column("erased_at")
