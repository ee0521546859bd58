"""Comments on proposals, votes on them, reports, and the decisions of moderators.

Revision ID: b83e5f0a6d21
Revises: e4a71b90c5d2
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "b83e5f0a6d21"
down_revision = "e4a71b90c5d2"
branch_labels = None
depends_on = None

RECORDS = (
    *("moderation:comment:kept", "moderation:comment:hidden", "moderation:appeal:upheld"),
    *("moderation:appeal:dismissed", "moderation:rules:changed"),
)
RULES = ("insult", "hatred", "threat", "privacy", "false-identity", "advertising", "off-topic")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    allow("record", "act", "act", RECORDS)
    op.create_table(
        "moderation_text",
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_moderation_text_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("parliament_id", name=op.f("pk_moderation_text")),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("proposal_id IS NOT NULL", name=op.f("ck_thread_one_subject")),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_thread_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_thread_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_thread_proposal_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_thread_parliament_id"), ["parliament_id"], unique=False
        )

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("commentstate", "visible", "hidden", "removed"), nullable=False),
        sa.Column("stance", _one_of("stance", "for", "against", "neutral"), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("once", sa.String(length=43), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        sa.Column("not_useful", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stance = 'neutral' OR (parent_id IS NULL AND office IS NULL)",
            name=op.f("ck_comment_only_top_takes_side"),
        ),
        sa.CheckConstraint("state = 'removed' OR text <> ''", name=op.f("ck_comment_has_words")),
        sa.CheckConstraint(
            "useful >= 0 AND not_useful >= 0", name=op.f("ck_comment_votes_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_comment_author_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["comment.id"],
            name=op.f("fk_comment_parent_id_comment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["thread.id"],
            name=op.f("fk_comment_thread_id_thread"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("author_id", "once", name=op.f("uq_comment_author_id_once")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            "ix_comment_thread_id_parent_id", ["thread_id", "parent_id"], unique=False
        )

    op.create_table(
        "comment_translation",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_comment_translation_comment_id_comment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "language", name=op.f("pk_comment_translation")),
    )
    op.create_table(
        "comment_vote",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_comment_vote_comment_id_comment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_comment_vote_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_comment_vote")),
    )
    op.create_table(
        "moderation_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("verdict", _one_of("verdict", "kept", "hidden"), nullable=False),
        sa.Column("rule", _one_of("rule", *RULES), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "appeal", _one_of("appealstate", "none", "open", "upheld", "dismissed"), nullable=False
        ),
        sa.Column("appeal_words", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_explanation", sa.Text(), nullable=False),
        sa.Column("appeal_language", sa.String(length=2), nullable=False),
        sa.Column("appeal_by_id", sa.Integer(), nullable=True),
        sa.Column("appeal_office", sa.String(length=120), nullable=False),
        sa.Column("appeal_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "appeal = 'none' OR appeal_words <> ''",
            name=op.f("ck_moderation_decision_appeal_has_words"),
        ),
        sa.CheckConstraint(
            "appeal NOT IN ('upheld', 'dismissed') OR appeal_by_id IS NOT NULL",
            name=op.f("ck_moderation_decision_decided_appeal_has_an_official"),
        ),
        sa.CheckConstraint(
            "verdict <> 'hidden' OR (rule IS NOT NULL AND explanation <> '')",
            name=op.f("ck_moderation_decision_hidden_has_a_reason"),
        ),
        sa.CheckConstraint(
            "appeal_by_id <> by_id", name=op.f("ck_moderation_decision_appeal_decided_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["appeal_by_id"],
            ["user_account.id"],
            name=op.f("fk_moderation_decision_appeal_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_moderation_decision_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_moderation_decision_comment_id_comment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_moderation_decision_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decision")),
    )
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_decision_appeal"), ["appeal"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_moderation_decision_comment_id"), ["comment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_moderation_decision_parliament_id"), ["parliament_id"], unique=False
        )

    op.create_table(
        "comment_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("rule", _one_of("rule", *RULES), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_comment_report_comment_id_comment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_comment_report_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["user_account.id"],
            name=op.f("fk_comment_report_reporter_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_report")),
        sa.UniqueConstraint(
            "comment_id", "reporter_id", name=op.f("uq_comment_report_comment_id_reporter_id")
        ),
    )
    with op.batch_alter_table("comment_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_report_decision_id"), ["decision_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("comment_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_report_decision_id"))

    op.drop_table("comment_report")
    with op.batch_alter_table("moderation_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_decision_parliament_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_decision_comment_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_decision_appeal"))

    op.drop_table("moderation_decision")
    op.drop_table("comment_vote")
    op.drop_table("comment_translation")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_thread_id_parent_id")
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))

    op.drop_table("comment")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_parliament_id"))

    op.drop_table("thread")
    op.drop_table("moderation_text")
    forbid("record", "act", "act", RECORDS)
