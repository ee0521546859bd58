"""Assigned reviews with declarations, checklists, questions, appeals, and merged proposals.

Revision ID: e82f60b4d7a1
Revises: a3d15c8e7f42
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid
from voting.models import UtcDateTime

revision = "e82f60b4d7a1"
down_revision = "a3d15c8e7f42"
branch_labels = None
depends_on = None

ACTS = (
    "proposal:review:assigned",
    "proposal:review:declared",
    "proposal:appeal:made",
    "proposal:appeal:decided",
    "proposal:merge:done",
)
TABLES = (
    "review_assignment",
    "review_declaration",
    "review_draft",
    "review_decision",
    "review_note",
    "review_question",
    "review_appeal",
    "proposal_merge",
)


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    allow("proposal", "state", "proposalstate", ("merged",))
    for create in (
        _assignments,
        _declarations,
        _drafts,
        _decisions,
        _notes,
        _questions,
        _appeals,
        _merges,
    ):
        create()
    _keep_decisions()


def _keep_decisions() -> None:
    """What was decided before is the first decision of each proposal."""
    names = ("id", "state", "cost", "explanation", "reviewed_by_id", "reviewed_at")
    proposal = sa.table("proposal", *(sa.column(name) for name in names))
    accepted = proposal.c.state == "accepted"
    decided = sa.select(
        proposal.c.id,
        sa.case((accepted, "feasible"), else_="not_feasible"),
        sa.case((accepted, proposal.c.cost)),
        proposal.c.explanation,
        sa.literal({}, sa.JSON()),
        proposal.c.reviewed_by_id,
        proposal.c.reviewed_at,
    ).where(
        proposal.c.state.in_(("accepted", "rejected")),
        proposal.c.explanation != "",
        proposal.c.reviewed_by_id.is_not(None),
        proposal.c.reviewed_at.is_not(None),
    )
    kept = (
        *("proposal_id", "verdict", "cost", "words"),
        *("checklist", "decided_by_id", "decided_at"),
    )
    decision = sa.table("review_decision", *(sa.column(name) for name in kept))
    op.execute(decision.insert().from_select(kept, decided))


def downgrade() -> None:
    # Without the word for it, what was merged was taken back by its authors.
    op.execute(
        "UPDATE proposal SET state = 'withdrawn', withdrawn_at = coalesce(submitted_at, created_at)"
        " WHERE state = 'merged'"
    )
    for table in TABLES:
        op.drop_table(table)
    forbid("proposal", "state", "proposalstate", ("merged",))
    forbid("record", "act", "act", ACTS)


def _assignments() -> None:
    op.create_table('review_assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('assigned_by_id', sa.Integer(), nullable=False),
    sa.Column('assigned_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('ending', sa.Enum('reassigned', 'conflict', 'finished', name='ending', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.CheckConstraint('(ending IS NULL) = (ended_at IS NULL)', name=op.f('ck_review_assignment_ended_somehow')),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['user_account.id'], name=op.f('fk_review_assignment_assigned_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_assignment_proposal_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user_account.id'], name=op.f('fk_review_assignment_reviewer_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_assignment'))
    )
    op.create_index(op.f('ix_review_assignment_proposal_id'), 'review_assignment', ['proposal_id'], unique=False)
    op.create_index(op.f('ix_review_assignment_reviewer_id'), 'review_assignment', ['reviewer_id'], unique=False)
    op.create_index('uq_review_assignment_open', 'review_assignment', ['proposal_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def _declarations() -> None:
    op.create_table('review_declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('has_conflict', sa.Boolean(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_declaration_proposal_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_review_declaration_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_declaration')),
    sa.UniqueConstraint('proposal_id', 'user_id', name=op.f('uq_review_declaration_proposal_id_user_id'))
    )


def _drafts() -> None:
    op.create_table('review_draft',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Enum('feasible', 'not_feasible', name='verdict', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('checklist', sa.JSON(), nullable=False),
    sa.Column('saved_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_draft_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', name=op.f('pk_review_draft'))
    )


def _decisions() -> None:
    op.create_table('review_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Enum('feasible', 'not_feasible', name='verdict', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('checklist', sa.JSON(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("(verdict = 'feasible') = (cost IS NOT NULL)", name=op.f('ck_review_decision_feasible_has_a_cost')),
    sa.CheckConstraint("words <> ''", name=op.f('ck_review_decision_decision_has_reasons')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_review_decision_decided_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_decision_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_decision'))
    )
    op.create_index(op.f('ix_review_decision_proposal_id'), 'review_decision', ['proposal_id'], unique=False)


def _notes() -> None:
    op.create_table('review_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_review_note_author_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_note_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_note'))
    )
    op.create_index(op.f('ix_review_note_proposal_id'), 'review_note', ['proposal_id'], unique=False)


def _questions() -> None:
    op.create_table('review_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("(answered_at IS NULL) = (answer = '') AND (answered_at IS NULL) = (answered_by_id IS NULL)", name=op.f('ck_review_question_answer_is_whole')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_review_question_answered_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_review_question_asked_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_question_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_question'))
    )
    op.create_index(op.f('ix_review_question_proposal_id'), 'review_question', ['proposal_id'], unique=False)


def _appeals() -> None:
    op.create_table('review_appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('outcome', sa.Enum('confirmed', 'reopened', 'accepted', name='appealoutcome', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL) AND (outcome IS NULL) = (words = '')", name=op.f('ck_review_appeal_outcome_is_whole')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_review_appeal_decided_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['made_by_id'], ['user_account.id'], name=op.f('fk_review_appeal_made_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_review_appeal_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_appeal')),
    sa.UniqueConstraint('proposal_id', name=op.f('uq_review_appeal_proposal_id'))
    )


def _merges() -> None:
    op.create_table('proposal_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'done', 'declined', 'over', name='mergestate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', UtcDateTime(), nullable=False),
    sa.Column('source_agrees', sa.Boolean(), nullable=True),
    sa.Column('target_agrees', sa.Boolean(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name=op.f('ck_proposal_merge_merge_ended_somehow')),
    sa.CheckConstraint('source_id <> target_id', name=op.f('ck_proposal_merge_merge_of_two')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_proposal_merge_proposed_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['source_id'], ['proposal.id'], name=op.f('fk_proposal_merge_source_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['proposal.id'], name=op.f('fk_proposal_merge_target_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_merge'))
    )
    op.create_index(op.f('ix_proposal_merge_target_id'), 'proposal_merge', ['target_id'], unique=False)
    op.create_index('uq_proposal_merge_source', 'proposal_merge', ['source_id'], unique=True, sqlite_where=sa.text("state IN ('asked', 'done')"), postgresql_where=sa.text("state IN ('asked', 'done')"))
