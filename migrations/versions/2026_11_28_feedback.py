"""Commitments, answers to what people said, and surveys.

Revision ID: 91c4e05d37fb
Revises: 2ad60b7f9c15
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "91c4e05d37fb"
down_revision = "2ad60b7f9c15"
branch_labels = None
depends_on = None

ACTS = (
    "feedback:commitment:made",
    "feedback:commitment:judged",
    "feedback:answer:published",
    "feedback:survey:made",
    "feedback:survey:opened",
    "feedback:survey:closed",
)
TABLES = (
    "survey_response",
    "survey_question",
    "survey",
    "feedback_answer",
    "commitment_standing",
    "commitment",
)


def upgrade() -> None:
    op.create_table('commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('principle', sa.Enum('transparency', 'accountability', 'participation', 'ethics', name='principle', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('promises', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_commitment_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment'))
    )
    with op.batch_alter_table('commitment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commitment_round_id'), ['round_id'], unique=False)

    op.create_table('feedback_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('did', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("evidence = '' OR evidence LIKE 'https://%'", name=op.f('ck_feedback_answer_evidence_is_https')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_feedback_answer_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_feedback_answer_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback_answer'))
    )
    with op.batch_alter_table('feedback_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_answer_round_id'), ['round_id'], unique=False)

    op.create_table('survey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'open', 'closed', name='surveystate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_survey_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey'))
    )
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_round_id'), ['round_id'], unique=False)

    op.create_table('commitment_standing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('light', sa.Enum('green', 'amber', 'red', name='light', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("evidence = '' OR evidence LIKE 'https://%'", name=op.f('ck_commitment_standing_evidence_is_https')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_commitment_standing_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_standing_commitment_id_commitment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_standing'))
    )
    with op.batch_alter_table('commitment_standing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commitment_standing_commitment_id'), ['commitment_id'], unique=False)

    op.create_table('survey_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('choice', 'scale', 'words', name='questionkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_question_survey_id_survey'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_question'))
    )
    with op.batch_alter_table('survey_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_question_survey_id'), ['survey_id'], unique=False)

    op.create_table('survey_response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_response_survey_id_survey'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_survey_response_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_response')),
    sa.UniqueConstraint('survey_id', 'user_id', name=op.f('uq_survey_response_survey_id_user_id'))
    )
    with op.batch_alter_table('survey_response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_response_user_id'), ['user_id'], unique=False)
    allow("record", "act", "act", ACTS)


def downgrade() -> None:
    forbid("record", "act", "act", ACTS)
    for table in TABLES:
        op.drop_table(table)
