"""Training sessions, exercises apart from real parliaments, and accounts that exist in one alone.

Revision ID: e4a71b90c5d2
Revises: c60d1f9e2b83
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid

revision = "e4a71b90c5d2"
down_revision = "c60d1f9e2b83"
branch_labels = None
depends_on = None

ACTS = ("training:session:begun", "training:session:ended", "training:exercise:reset")


def upgrade() -> None:
    op.create_table('training_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['host_id'], ['parliament.id'], name=op.f('fk_training_session_host_id_parliament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session'))
    )
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_session_host_id'), ['host_id'], unique=False)

    op.create_table('delegation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=9), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'ready', 'failed', name='delegationstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('made', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column('exercise_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['exercise_id'], ['parliament.id'], name=op.f('fk_delegation_exercise_id_parliament'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_delegation_session_id_training_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation')),
    sa.UniqueConstraint('code', name=op.f('uq_delegation_code'))
    )
    with op.batch_alter_table('delegation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegation_session_id'), ['session_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegation_state'), ['state'], unique=False)

    with op.batch_alter_table('parliament', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_exercise', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exercise_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('exercise_number', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_user_account_exercise_id_exercise_number'), ['exercise_id', 'exercise_number'])
        batch_op.create_foreign_key(batch_op.f('fk_user_account_exercise_id_parliament'), 'parliament', ['exercise_id'], ['id'], ondelete='CASCADE')
        batch_op.create_check_constraint(
            batch_op.f("ck_user_account_number_of_an_exercise"),
            "exercise_number IS NULL OR exercise_id IS NOT NULL",
        )
    allow("record", "act", "act", ACTS)


def downgrade() -> None:
    forbid("record", "act", "act", ACTS)
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_account_number_of_an_exercise"), type_="check")
        batch_op.drop_constraint(batch_op.f('fk_user_account_exercise_id_parliament'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_user_account_exercise_id_exercise_number'), type_='unique')
        batch_op.drop_column('exercise_number')
        batch_op.drop_column('exercise_id')

    with op.batch_alter_table('parliament', schema=None) as batch_op:
        batch_op.drop_column('retired_at')
        batch_op.drop_column('is_exercise')

    with op.batch_alter_table('delegation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delegation_state'))
        batch_op.drop_index(batch_op.f('ix_delegation_session_id'))

    op.drop_table('delegation')
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_session_host_id'))

    op.drop_table('training_session')
