"""Sealed ballots: what both layers gave, the test of their keys, and who holds them."""

import sqlalchemy as sa
from alembic import op

revision = "5e0d3c1a7b42"
down_revision = "9aaf997fe8a1"
branch_labels = None
depends_on = None


RECORDS = (
    *("parliament:itself:created", "parliament:member:added", "parliament:member:removed"),
    *("account:session:begun", "account:session:ended", "account:password:set"),
    *("account:second-factor:set", "account:second-factor:reset"),
    *("round:itself:created", "round:itself:changed", "round:itself:announced"),
    *("round:lots:drawn", "round:project:added", "round:project:changed"),
    *("round:project:removed", "round:roll:imported", "round:roll:emptied"),
    *("round:roll:claimed", "round:manifest:sealed", "round:act:requested"),
    *("round:act:approved", "round:act:withdrawn", "round:act:failed"),
    *("round:voting:opened", "round:voting:closed", "round:count:published"),
    *("proposal:itself:submitted", "proposal:itself:withdrawn", "proposal:review:accepted"),
    *("proposal:review:rejected", "audit:key:registered", "audit:count:attested"),
    *("audit:count:objected", "audit:objection:answered", "audit:objection:withdrawn"),
    *("audit:objection:upheld", "round:count:certified", "round:count:annulled"),
)
MORE_RECORDS = ("round:layer:opened",)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "opened_layer",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("purpose", _choice("layerpurpose", "test", "count"), nullable=False),
        sa.Column("layer", sa.String(length=5), nullable=False),
        sa.Column("input_digest", sa.String(length=43), nullable=False),
        sa.Column("output_digest", sa.String(length=43), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "layer IN ('outer', 'inner')", name=op.f("ck_opened_layer_layer_known")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_opened_layer_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "purpose", "layer", name=op.f("pk_opened_layer")),
    )
    op.add_column("poll", sa.Column("key_test", sa.String(length=43), nullable=True))
    # Rounds of before this migration were open, and have no bodies.
    with op.batch_alter_table("round") as batch_op:
        batch_op.add_column(
            sa.Column(
                "secrecy",
                _choice("secrecy", "sealed", "exercise", "open"),
                nullable=False,
                server_default="open",
            )
        )
        batch_op.add_column(sa.Column("bodies", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("round") as batch_op:
        batch_op.alter_column("secrecy", server_default=None)
        batch_op.alter_column("bodies", server_default=None)
    _allow_records((*RECORDS, *MORE_RECORDS))


def downgrade() -> None:
    acts = sa.bindparam("acts", list(MORE_RECORDS), expanding=True)
    op.execute(sa.text("DELETE FROM record WHERE act IN :acts").bindparams(acts))
    _allow_records(RECORDS)
    with op.batch_alter_table("round") as batch_op:
        batch_op.drop_constraint(op.f("ck_round_secrecy"), type_="check")
        batch_op.drop_column("bodies")
        batch_op.drop_column("secrecy")
    op.drop_column("poll", "key_test")
    op.drop_table("opened_layer")


def _allow_records(acts: tuple[str, ...]) -> None:
    """Let records hold these acts."""
    constraint = op.f("ck_record_act")
    with op.batch_alter_table("record") as batch_op:
        batch_op.drop_constraint(constraint, type_="check")
        batch_op.create_check_constraint(constraint, sa.column("act").in_(acts))
