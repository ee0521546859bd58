"""Questions of hearings are hidden by the rules of comments, with their appeal and their log.

Revision ID: c27a95d04be8
Revises: 8e41f7a3c902
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "c27a95d04be8"
down_revision = "8e41f7a3c902"
branch_labels = None
depends_on = None

RULES = {
    "offensive": ("insult", "It insults or threatens somebody."),
    "personal-data": ("privacy", "It tells personal data of somebody."),
    "off-topic": ("off-topic", "It has nothing to do with this hearing."),
    "repeated": ("advertising", "The same question was asked before."),
    "advertising": ("advertising", "It advertises something."),
}
BACK = {"insult": "offensive", "privacy": "personal-data", "advertising": "advertising"}

question = sa.table(
    "hearing_question",
    *map(sa.column, ("id", "hearing_id", "hidden", "hidden_for")),
)
hearing = sa.table("hearing", sa.column("id"), sa.column("parliament_id"))
record = sa.table(
    "record",
    *map(sa.column, ("id", "act", "actor_id")),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("subject", sa.JSON()),
)
decision = sa.table(
    "moderation_decision",
    *map(
        sa.column,
        (
            *("id", "parliament_id", "question_id", "verdict", "rule", "explanation", "language"),
            *("by_id", "office", "appeal", "appeal_words", "appeal_explanation"),
            *("appeal_language", "appeal_office", "restored_office"),
        ),
    ),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    with op.batch_alter_table("moderation_decision") as batch:
        batch.alter_column("comment_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_moderation_decision_question_id_hearing_question"),
            "hearing_question",
            ["question_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_check_constraint(
            op.f("ck_moderation_decision_of_one_thing"),
            "(comment_id IS NULL) <> (question_id IS NULL)",
        )
    op.create_index(
        op.f("ix_moderation_decision_question_id"), "moderation_decision", ["question_id"]
    )
    with op.batch_alter_table("hearing_question") as batch:
        batch.add_column(
            sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        question.update().where(question.c.hidden_for.is_not(None)).values(hidden=sa.true())
    )
    _decide()
    with op.batch_alter_table("hearing_question") as batch:
        batch.alter_column("hidden", existing_type=sa.Boolean(), server_default=None)
        batch.drop_constraint(op.f("ck_hearing_question_hiddenfor"), type_="check")
        batch.drop_column("hidden_for")


def _decide() -> None:
    """Give what is hidden the decision that its record tells of, so that it can be appealed."""
    bind = op.get_bind()
    hidden = bind.execute(
        sa.select(question.c.id, question.c.hidden_for, hearing.c.parliament_id)
        .join_from(question, hearing, question.c.hearing_id == hearing.c.id)
        .where(question.c.hidden_for.is_not(None))
    ).all()
    if not hidden:
        return
    rows = bind.execute(
        sa.select(record).where(record.c.act == "hearing:question:hidden").order_by(record.c.id)
    )
    records = {row.subject["question"]: row for row in rows if row.actor_id is not None}
    for number, hidden_for, parliament in hidden:
        if number in records:
            bind.execute(
                decision.insert().values(
                    parliament_id=parliament,
                    question_id=number,
                    **_facts(hidden_for, records[number]),
                )
            )


def _facts(hidden_for: str, row: Any) -> dict[str, Any]:
    rule, explanation = RULES[hidden_for]
    return {
        "verdict": "hidden",
        "rule": rule,
        "explanation": explanation,
        "language": "en",
        "by_id": row.actor_id,
        "office": "",
        "at": row.at,
        "appeal": "none",
        "appeal_words": "",
        "appeal_explanation": "",
        "appeal_language": "en",
        "appeal_office": "",
        "restored_office": "",
    }


def downgrade() -> None:
    with op.batch_alter_table("hearing_question") as batch:
        batch.add_column(sa.Column("hidden_for", sa.String(24), nullable=True))
        batch.create_check_constraint(
            op.f("ck_hearing_question_hiddenfor"), sa.column("hidden_for").in_(RULES)
        )
    bind = op.get_bind()
    rules = dict(
        bind.execute(
            sa.select(decision.c.question_id, decision.c.rule)
            .where(decision.c.question_id.is_not(None))
            .order_by(decision.c.id)
        ).all()
    )
    hidden = bind.scalars(sa.select(question.c.id).where(question.c.hidden == sa.true())).all()
    for number in hidden:
        word = BACK.get(rules.get(number, ""), "off-topic")
        op.execute(question.update().where(question.c.id == number).values(hidden_for=word))
    op.execute(decision.delete().where(decision.c.question_id.is_not(None)))
    with op.batch_alter_table("hearing_question") as batch:
        batch.drop_column("hidden")
    op.drop_index(op.f("ix_moderation_decision_question_id"), "moderation_decision")
    with op.batch_alter_table("moderation_decision") as batch:
        batch.drop_constraint(op.f("ck_moderation_decision_of_one_thing"), type_="check")
        batch.drop_constraint(
            op.f("fk_moderation_decision_question_id_hearing_question"), type_="foreignkey"
        )
        batch.drop_column("question_id")
        batch.alter_column("comment_id", existing_type=sa.Integer(), nullable=False)
