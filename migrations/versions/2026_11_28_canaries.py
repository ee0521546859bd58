"""The auditors' canaries: test voters on the roll, and the ballots that they committed to."""

import sqlalchemy as sa
from alembic import op

revision = "d41f7a60c8e3"
down_revision = "b7d4c0a91e52"
branch_labels = None
depends_on = None

KIND = sa.Enum(
    "voter", "canary", name="voterkind", native_enum=False, create_constraint=True, length=24
)
FATE = sa.Enum(
    *("found", "altered", "missing"),
    name="fate",
    native_enum=False,
    create_constraint=True,
    length=24,
)


def upgrade() -> None:
    with op.batch_alter_table("voter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", KIND, nullable=False, server_default="voter"))
    with op.batch_alter_table("voter", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(24), server_default=None)
    op.create_table(
        "canary_ballot",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("commitment", sa.String(length=43), nullable=False),
        sa.Column("committed_by", sa.String(length=43), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=True),
        sa.Column("choices", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("nonce", sa.String(length=43), nullable=True),
        sa.Column("fate", FATE, nullable=True),
        sa.CheckConstraint(
            "(nonce IS NULL) = (fate IS NULL) AND (nonce IS NULL) = (box_id IS NULL)",
            name=op.f("ck_canary_ballot_opened_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_canary_ballot_round_id_poll"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "commitment", name=op.f("pk_canary_ballot")),
    )


def downgrade() -> None:
    op.drop_table("canary_ballot")
    with op.batch_alter_table("voter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_voter_voterkind"), type_="check")
        batch_op.drop_column("kind")
