"""Surveys about a hearing, which open when it ends.

Revision ID: 6f1b8e30c7d9
Revises: 90ce47b1d25a
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "6f1b8e30c7d9"
down_revision = "90ce47b1d25a"
branch_labels = None
depends_on = None

ACTS = ("feedback:survey:waiting",)
STATES = ("waiting",)


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    allow("survey", "state", "surveystate", STATES)
    with op.batch_alter_table("survey") as batch:
        batch.add_column(sa.Column("hearing_id", sa.Integer(), nullable=True))
        batch.alter_column("round_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_survey_hearing_id_hearing"),
            "hearing",
            ["hearing_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_check_constraint(
            op.f("ck_survey_one_subject"), "(round_id IS NULL) <> (hearing_id IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_survey_only_hearings_are_awaited"),
            "state <> 'waiting' OR hearing_id IS NOT NULL",
        )
        batch.create_index(batch.f("ix_survey_hearing_id"), ["hearing_id"], unique=False)


def downgrade() -> None:
    """Surveys about hearings go, with their answers: there is no place for them."""
    gone = "SELECT id FROM survey WHERE hearing_id IS NOT NULL"
    for table in ("survey_response", "survey_question"):
        op.execute(sa.text(f"DELETE FROM {table} WHERE survey_id IN ({gone})"))  # noqa: S608
    op.execute(sa.text("DELETE FROM survey WHERE hearing_id IS NOT NULL"))
    with op.batch_alter_table("survey") as batch:
        batch.drop_index(batch.f("ix_survey_hearing_id"))
        batch.drop_constraint(op.f("ck_survey_only_hearings_are_awaited"), type_="check")
        batch.drop_constraint(op.f("ck_survey_one_subject"), type_="check")
        batch.drop_constraint(op.f("fk_survey_hearing_id_hearing"), type_="foreignkey")
        batch.alter_column("round_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("hearing_id")
    forbid("survey", "state", "surveystate", STATES)
    forbid("record", "act", "act", ACTS)
