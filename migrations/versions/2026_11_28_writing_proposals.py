"""Co-authors, pictures, attachments, pins, goals, cost lines and the history of proposals.

Revision ID: 3f8d5b21c7a4
Revises: 91c4e05d37fb
"""

import sqlalchemy as sa
from alembic import op

from budget_app.migrations.widening import allow, forbid
from voting.models import UtcDateTime

revision = "3f8d5b21c7a4"
down_revision = "91c4e05d37fb"
branch_labels = None
depends_on = None

ACTS = ("proposal:coauthor:joined", "proposal:coauthor:left")
KIND = sa.Enum("pdf", "txt", name="filekind", native_enum=False, create_constraint=True, length=24)
TEXTS = {"goals": sa.JSON(), "lines": sa.JSON(), "place": sa.String(120)}
CHECKS = {
    "withdrawn_has_a_day": "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
    "pin_is_whole": "(latitude IS NULL) = (longitude IS NULL)",
    "pin_is_on_maps": "latitude BETWEEN -85 AND 85 AND longitude BETWEEN -180 AND 180",
}


def upgrade() -> None:
    allow("record", "act", "act", ACTS)
    _add_columns()
    _create_versions()
    _create_pictures()
    _create_attachments()
    _create_coauthors()


def _add_columns() -> None:
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("goals", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("place", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        batch.add_column(
            sa.Column("withdrawal_reason", sa.Text(), nullable=False, server_default="")
        )
    # When it was withdrawn stands in the record of acts; the day of submission is the earliest.
    op.execute(
        "UPDATE proposal SET withdrawn_at = coalesce(submitted_at, created_at)"
        " WHERE state = 'withdrawn'"
    )
    with op.batch_alter_table("proposal") as batch:
        for name, kind in {**TEXTS, "withdrawal_reason": sa.Text()}.items():
            batch.alter_column(name, existing_type=kind, server_default=None)
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_proposal_{name}"), condition)


def _of_proposal(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["proposal_id"],
        ["proposal.id"],
        name=op.f(f"fk_{table}_proposal_id_proposal"),
        ondelete="CASCADE",
    )


def _create_versions() -> None:
    op.create_table(
        "proposal_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        _of_proposal("proposal_version"),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_version_editor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_version")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_proposal_version_proposal_id_number")),
    )


def _create_pictures() -> None:
    op.create_table(
        "proposal_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "description <> ''", name=op.f("ck_proposal_picture_picture_is_described")
        ),
        _of_proposal("proposal_picture"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_picture")),
        sa.UniqueConstraint("proposal_id", "digest", name=op.f("uq_proposal_picture_proposal_id_digest")),
    )


def _create_attachments() -> None:
    op.create_table(
        "proposal_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "title <> ''", name=op.f("ck_proposal_attachment_attachment_has_a_title")
        ),
        _of_proposal("proposal_attachment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_attachment")),
        sa.UniqueConstraint(
            "proposal_id", "digest", name=op.f("uq_proposal_attachment_proposal_id_digest")
        ),
    )


def _create_coauthors() -> None:
    op.create_table(
        "coauthor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(user_id IS NULL) = (accepted_at IS NULL)"
            " AND (user_id IS NULL) = (email IS NOT NULL)"
            " AND (user_id IS NULL) = (token_hash IS NOT NULL)",
            name=op.f("ck_coauthor_invited_or_joined"),
        ),
        _of_proposal("coauthor"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_coauthor_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coauthor")),
        sa.UniqueConstraint("proposal_id", "email", name=op.f("uq_coauthor_proposal_id_email")),
        sa.UniqueConstraint("proposal_id", "user_id", name=op.f("uq_coauthor_proposal_id_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_coauthor_token_hash")),
    )
    op.create_index(op.f("ix_coauthor_user_id"), "coauthor", ["user_id"])


def downgrade() -> None:
    for table in ("coauthor", "proposal_attachment", "proposal_picture", "proposal_version"):
        op.drop_table(table)
    with op.batch_alter_table("proposal") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_proposal_{name}"), type_="check")
        for name in (*TEXTS, "latitude", "longitude", "withdrawn_at", "withdrawal_reason"):
            batch.drop_column(name)
    forbid("record", "act", "act", ACTS)
