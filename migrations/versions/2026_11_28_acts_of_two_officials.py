"""Acts that change a sealed round: a later close, withdrawn projects, revoked
ballots, amended manifests, and the destruction of keys and personal data."""

import sqlalchemy as sa
from alembic import op

revision = "3b1f6c0d92ae"
down_revision = "5f2c81d7a3e4"
branch_labels = None
depends_on = None

KINDS = ("open", "close", "count")
MORE_KINDS = ("extend", "withdraw", "revoke", "amend", "destroy")
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
    "round:layer:opened",
)
MORE_RECORDS = (
    *("round:voting:extended", "round:project:withdrawn", "round:ballot:revoked"),
    *("round:manifest:amended", "round:keys:destroyed"),
)


def upgrade() -> None:
    op.create_table(
        "public_act",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_public_act_number_positive")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_public_act_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_public_act")),
    )
    op.create_table(
        "amended_manifest",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_amended_manifest_number_positive")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_amended_manifest_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_amended_manifest")),
    )
    op.create_table(
        "revocation",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("voter_ref", sa.String(length=43), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "voter_ref"],
            ["voter.round_id", "voter.voter_ref"],
            name=op.f("fk_revocation_round_id_voter_ref_voter"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "voter_ref", name=op.f("pk_revocation")),
    )
    op.add_column("poll", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("record", sa.Column("opening", sa.JSON(), nullable=True))
    op.add_column("round", sa.Column("keep_until", sa.Date(), nullable=True))
    op.add_column("outgoing_mail", sa.Column("about", sa.String(length=128), nullable=True))
    op.create_index(op.f("ix_outgoing_mail_about"), "outgoing_mail", ["about"])
    op.add_column(
        "voter", sa.Column("revoked", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _allow("official_act", "kind", "actkind", (*KINDS, *MORE_KINDS))
    _allow("record", "act", "act", (*RECORDS, *MORE_RECORDS))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM record WHERE act IN :acts").bindparams(_listed(MORE_RECORDS)))
    op.execute(
        sa.text("DELETE FROM official_act WHERE kind IN :acts").bindparams(_listed(MORE_KINDS))
    )
    _allow("record", "act", "act", RECORDS)
    _allow("official_act", "kind", "actkind", KINDS)
    op.drop_column("voter", "revoked")
    op.drop_index(op.f("ix_outgoing_mail_about"), "outgoing_mail")
    op.drop_column("outgoing_mail", "about")
    op.drop_column("round", "keep_until")
    op.drop_column("record", "opening")
    op.drop_column("poll", "destroyed_at")
    op.drop_table("revocation")
    op.drop_table("amended_manifest")
    op.drop_table("public_act")


def _listed(values: tuple[str, ...]) -> sa.BindParameter[list[str]]:
    return sa.bindparam("acts", list(values), expanding=True)


def _allow(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Let a column hold these values."""
    constraint = op.f(f"ck_{table}_{name}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(constraint, type_="check")
        batch.create_check_constraint(constraint, sa.column(column).in_(values))
