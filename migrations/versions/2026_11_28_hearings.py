"""Hearings: their agenda, participants, questions and polls.

Revision ID: a3d15c8e7f42
Revises: 51b7c0d2e9f4
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = 'a3d15c8e7f42'
down_revision = '51b7c0d2e9f4'
branch_labels = None
depends_on = None

ACTS = (
    "hearing:itself:prepared",
    "hearing:itself:changed",
    "hearing:itself:begun",
    "hearing:itself:ended",
    "hearing:itself:cancelled",
    "hearing:minutes:published",
    "hearing:organisation:confirmed",
    "hearing:organisation:declined",
    "hearing:question:hidden",
    "hearing:question:shown",
    "hearing:question:answered",
    "hearing:question:set-aside",
    "hearing:poll:opened",
    "hearing:poll:closed",
    "parliament:stream-hosts:changed",
)


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    op.create_table('stream_host',
    sa.Column('parliament_id', sa.Integer(), nullable=False),
    sa.Column('host', sa.String(length=253), nullable=False),
    sa.ForeignKeyConstraint(['parliament_id'], ['parliament.id'], name=op.f('fk_stream_host_parliament_id_parliament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('parliament_id', 'host', name=op.f('pk_stream_host'))
    )
    op.create_table('hearing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parliament_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('planned', 'live', 'ended', 'published', 'cancelled', name='hearingstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('descriptions', sa.JSON(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('minutes', sa.JSON(), nullable=False),
    sa.Column('tracks', sa.JSON(), nullable=False),
    sa.Column('stream', sa.String(length=500), nullable=False),
    sa.Column('recording', sa.String(length=500), nullable=False),
    sa.Column('starts', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts < ends', name=op.f('ck_hearing_starts_before_it_ends')),
    sa.CheckConstraint('version >= 0 AND sequence >= 0', name=op.f('ck_hearing_counts_up')),
    sa.ForeignKeyConstraint(['parliament_id'], ['parliament.id'], name=op.f('fk_hearing_parliament_id_parliament'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_hearing_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing'))
    )
    with op.batch_alter_table('hearing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_parliament_id'), ['parliament_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hearing_round_id'), ['round_id'], unique=False)

    op.create_table('hearing_agenda_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('starts', sa.DateTime(timezone=True), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('speaker', sa.String(length=200), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_agenda_item_hearing_id_hearing'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_agenda_item'))
    )
    with op.batch_alter_table('hearing_agenda_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_agenda_item_hearing_id'), ['hearing_id'], unique=False)
        batch_op.create_index('one_item_is_on', ['hearing_id'], unique=True, sqlite_where=sa.text('is_on'), postgresql_where=sa.text('is_on'))

    op.create_table('hearing_chair',
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_chair_hearing_id_hearing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_hearing_chair_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('hearing_id', 'user_id', name=op.f('pk_hearing_chair'))
    )
    op.create_table('hearing_participation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'confirmed', 'declined', name='participationstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('purpose', sa.String(length=300), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('wish', sa.String(length=600), nullable=False),
    sa.Column('reason', sa.String(length=600), nullable=False),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state <> 'declined' OR reason <> ''", name=op.f('ck_hearing_participation_declined_has_a_reason')),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_participation_hearing_id_hearing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_hearing_participation_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_participation')),
    sa.UniqueConstraint('hearing_id', 'user_id', name=op.f('uq_hearing_participation_hearing_id_user_id'))
    )
    op.create_table('hearing_poll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('prepared', 'open', 'closed', name='hearingpollstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint("(state = 'closed') = (counts IS NOT NULL)", name=op.f('ck_hearing_poll_closed_is_counted')),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_poll_hearing_id_hearing'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_poll'))
    )
    with op.batch_alter_table('hearing_poll', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_poll_hearing_id'), ['hearing_id'], unique=False)
        batch_op.create_index('one_poll_is_open', ['hearing_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('hearing_poll_answer',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('option', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['hearing_poll.id'], name=op.f('fk_hearing_poll_answer_poll_id_hearing_poll'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_hearing_poll_answer_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', 'user_id', name=op.f('pk_hearing_poll_answer'))
    )
    op.create_table('hearing_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('participation_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'shortlisted', 'current', 'answered', 'aside', name='questionstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('hidden_for', sa.Enum('offensive', 'personal-data', 'off-topic', 'repeated', 'advertising', name='hiddenfor', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('supports', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=600), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_by', sa.String(length=200), nullable=False),
    sa.Column('answer_language', sa.String(length=2), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'answered' OR answer <> ''", name=op.f('ck_hearing_question_answered_has_an_answer')),
    sa.CheckConstraint("state <> 'aside' OR reason <> ''", name=op.f('ck_hearing_question_aside_has_a_reason')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_hearing_question_author_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_question_hearing_id_hearing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participation_id'], ['hearing_participation.id'], name=op.f('fk_hearing_question_participation_id_hearing_participation'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_question'))
    )
    with op.batch_alter_table('hearing_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_question_hearing_id'), ['hearing_id'], unique=False)
        batch_op.create_index('one_question_is_current', ['hearing_id'], unique=True, sqlite_where=sa.text("state = 'current'"), postgresql_where=sa.text("state = 'current'"))

    op.create_table('hearing_question_support',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['hearing_question.id'], name=op.f('fk_hearing_question_support_question_id_hearing_question'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_hearing_question_support_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('question_id', 'user_id', name=op.f('pk_hearing_question_support'))
    )
    with op.batch_alter_table('hearing_question_support', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_question_support_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('hearing_question_support', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hearing_question_support_user_id'))

    op.drop_table('hearing_question_support')
    with op.batch_alter_table('hearing_question', schema=None) as batch_op:
        batch_op.drop_index('one_question_is_current', sqlite_where=sa.text("state = 'current'"), postgresql_where=sa.text("state = 'current'"))
        batch_op.drop_index(batch_op.f('ix_hearing_question_hearing_id'))

    op.drop_table('hearing_question')
    op.drop_table('hearing_poll_answer')
    with op.batch_alter_table('hearing_poll', schema=None) as batch_op:
        batch_op.drop_index('one_poll_is_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_hearing_poll_hearing_id'))

    op.drop_table('hearing_poll')
    op.drop_table('hearing_participation')
    op.drop_table('hearing_chair')
    with op.batch_alter_table('hearing_agenda_item', schema=None) as batch_op:
        batch_op.drop_index('one_item_is_on', sqlite_where=sa.text('is_on'), postgresql_where=sa.text('is_on'))
        batch_op.drop_index(batch_op.f('ix_hearing_agenda_item_hearing_id'))

    op.drop_table('hearing_agenda_item')
    with op.batch_alter_table('hearing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hearing_round_id'))
        batch_op.drop_index(batch_op.f('ix_hearing_parliament_id'))

    op.drop_table('hearing')
    op.drop_table('stream_host')
    forbid("record", "act", "act", ACTS)
