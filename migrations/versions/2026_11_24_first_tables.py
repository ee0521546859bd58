"""The first tables: the ballot box, people, rounds, proposals, results, audit."""

import sqlalchemy as sa
from alembic import op

from voting import triggers

revision = "9aaf997fe8a1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_attempt")),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_state"), ["state"], unique=False)

    op.create_table(
        "parliament",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor_digits", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(currency) = 3", name=op.f("ck_parliament_currency_has_three_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parliament")),
        sa.UniqueConstraint("slug", name=op.f("uq_parliament_slug")),
    )
    op.create_table(
        "poll",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sealed",
                "open",
                "closed",
                "committed",
                name="pollstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_digest", sa.String(length=43), nullable=True),
        sa.Column("origin", sa.String(length=255), nullable=True),
        sa.Column("log_key", sa.Text(), nullable=True),
        sa.Column("receipt_key", sa.Text(), nullable=True),
        sa.Column("seed", sa.String(length=128), nullable=True),
        sa.Column("seed_record", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR (manifest IS NOT NULL AND opens IS NOT NULL AND closes IS NOT NULL)",
            name=op.f("ck_poll_sealed_has_manifest"),
        ),
        sa.CheckConstraint("epoch >= 0", name=op.f("ck_poll_epoch_not_negative")),
        sa.CheckConstraint(
            "opens IS NULL OR opens < closes", name=op.f("ck_poll_opens_before_closes")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_poll")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign-in",
                "set-up",
                name="linkpurpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_email"), ["email"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_is_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "auditor_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("verifier_key", sa.String(length=255), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_auditor_key_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_auditor_key_user_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditor_key")),
        sa.UniqueConstraint(
            "parliament_id", "user_id", name=op.f("uq_auditor_key_parliament_id_user_id")
        ),
    )
    op.create_table(
        "box",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=False),
        sa.Column("ballot_size", sa.Integer(), nullable=False),
        sa.Column("counted_root", sa.LargeBinary(), nullable=True),
        sa.Column("counted_size", sa.Integer(), nullable=True),
        sa.CheckConstraint("ballot_size > 0", name=op.f("ck_box_ballot_size_positive")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["poll.round_id"], name=op.f("fk_box_round_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "box_id", name=op.f("pk_box")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_log_checkpoint_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_entry",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_log_entry_position_not_negative")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_log_entry_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("round_id", "leaf_hash", name=op.f("uq_log_entry_round_id_leaf_hash")),
    )
    op.create_table(
        "log_head",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_log_head_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_log_head_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_queue",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_log_queue_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "epoch", "queued_at", "leaf_hash", name=op.f("pk_log_queue")
        ),
        sa.UniqueConstraint("round_id", "leaf_hash", name=op.f("uq_log_queue_round_id_leaf_hash")),
    )
    op.create_table(
        "log_tile",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tile_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=8192), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_log_tile_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "level", "tile_index", name=op.f("pk_log_tile")),
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "reviewer",
                "auditor",
                "citizen",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_membership_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_membership_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "parliament_id", "role", name=op.f("pk_membership")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parliament_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("summaries", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "announced",
                "sealed",
                "open",
                "closed",
                "counted",
                "certified",
                name="roundstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("style", sa.String(length=20), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("lots_dice", sa.String(length=200), nullable=False),
        sa.Column("lots_record", sa.Text(), nullable=False),
        sa.Column("attestations_required", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("age_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("official", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "attestations_required >= 0", name=op.f("ck_round_attestations_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_round_parliament_id_parliament"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("parliament_id", "slug", name=op.f("uq_round_parliament_id_slug")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "tally",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("input_digest", sa.String(length=43), nullable=False),
        sa.Column("outcome_digest", sa.String(length=43), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_tally_version_positive")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["poll.round_id"],
            name=op.f("fk_tally_round_id_poll"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "version", name=op.f("pk_tally")),
    )
    op.create_table(
        "voter",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("voter_ref", sa.String(length=43), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("email_hash", sa.String(length=43), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.CheckConstraint("ballots >= 0", name=op.f("ck_voter_ballots_not_negative")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["poll.round_id"], name=op.f("fk_voter_round_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "voter_ref", name=op.f("pk_voter")),
        sa.UniqueConstraint("round_id", "account", name=op.f("uq_voter_round_id_account")),
    )
    op.create_table(
        "cast_token",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("voter_ref", sa.String(length=43), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "(body_mac IS NULL) = (leaf_hash IS NULL)", name=op.f("ck_cast_token_used_whole")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "voter_ref"],
            ["voter.round_id", "voter.voter_ref"],
            name=op.f("fk_cast_token_round_id_voter_ref_voter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "token_hash", name=op.f("pk_cast_token")),
    )
    op.create_table(
        "count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "provisional",
                "certified",
                "annulled",
                name="countstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("input_digest", sa.String(length=43), nullable=False),
        sa.Column("outcome_digest", sa.String(length=43), nullable=False),
        sa.Column("log_size", sa.Integer(), nullable=False),
        sa.Column("log_root", sa.String(length=44), nullable=False),
        sa.Column("bundle", sa.String(length=255), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_count_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count")),
        sa.UniqueConstraint("round_id", "version", name=op.f("uq_count_round_id_version")),
    )
    with op.batch_alter_table("count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_count_round_id"), ["round_id"], unique=False)

    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_district_budget_not_negative")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_district_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("round_id", "slug", name=op.f("uq_district_round_id_slug")),
    )
    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_district_round_id"), ["round_id"], unique=False)

    op.create_table(
        "envelope",
        sa.Column("round_id", sa.String(length=128), nullable=False),
        sa.Column("voter_ref", sa.String(length=43), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "import",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ct", sa.LargeBinary(length=32), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_envelope_seq_positive")),
        sa.ForeignKeyConstraint(
            ["round_id", "voter_ref"],
            ["voter.round_id", "voter.voter_ref"],
            name=op.f("fk_envelope_round_id_voter_ref_voter"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("round_id", "voter_ref", "seq", name=op.f("pk_envelope")),
        sa.UniqueConstraint("round_id", "leaf_hash", name=op.f("uq_envelope_round_id_leaf_hash")),
    )
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_envelope_round_id_accepted_at"),
            ["round_id", "accepted_at"],
            unique=False,
        )

    op.create_table(
        "official_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "open",
                "close",
                "count",
                name="actkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "done",
                "failed",
                "withdrawn",
                name="actstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "approved_by_id <> requested_by_id",
            name=op.f("ck_official_act_second_official_is_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user_account.id"],
            name=op.f("fk_official_act_approved_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_official_act_requested_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
            name=op.f("fk_official_act_round_id_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_act")),
    )
    with op.batch_alter_table("official_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_act_round_id"), ["round_id"], unique=False)

    op.create_table(
        "phase",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "proposing",
                "review",
                "publication",
                "voting",
                "counting",
                "audit",
                "delivery",
                name="phasekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_phase_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_phase_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "kind", name=op.f("pk_phase")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "parliament:itself:created",
                "parliament:member:added",
                "parliament:member:removed",
                "account:session:begun",
                "account:session:ended",
                "account:password:set",
                "account:second-factor:set",
                "account:second-factor:reset",
                "round:itself:created",
                "round:itself:changed",
                "round:itself:announced",
                "round:lots:drawn",
                "round:project:added",
                "round:project:changed",
                "round:project:removed",
                "round:roll:imported",
                "round:roll:emptied",
                "round:roll:claimed",
                "round:manifest:sealed",
                "round:act:requested",
                "round:act:approved",
                "round:act:withdrawn",
                "round:act:failed",
                "round:voting:opened",
                "round:voting:closed",
                "round:count:published",
                "proposal:itself:submitted",
                "proposal:itself:withdrawn",
                "proposal:review:accepted",
                "proposal:review:rejected",
                "audit:key:registered",
                "audit:count:attested",
                "audit:count:objected",
                "audit:objection:answered",
                "audit:objection:withdrawn",
                "audit:objection:upheld",
                "round:count:certified",
                "round:count:annulled",
                name="act",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("parliament_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_record_actor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["parliament_id"],
            ["parliament.id"],
            name=op.f("fk_record_parliament_id_parliament"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_record_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_parliament_id"), ["parliament_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_record_round_id"), ["round_id"], unique=False)

    op.create_table(
        "attestation",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verifier_key", sa.String(length=255), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_bundle", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count_id"],
            ["count.id"],
            name=op.f("fk_attestation_count_id_count"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_attestation_user_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("count_id", "user_id", name=op.f("pk_attestation")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "withdrawn",
                "upheld",
                name="objectionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reasons <> ''", name=op.f("ck_objection_objection_has_reasons")),
        sa.CheckConstraint(
            "state <> 'answered' OR answer <> ''", name=op.f("ck_objection_answered_has_an_answer")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_objection_answered_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["count.id"], name=op.f("fk_objection_count_id_count"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_objection_user_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_count_id"), ["count_id"], unique=False)

    op.create_table(
        "picture",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count_id"], ["count.id"], name=op.f("fk_picture_count_id_count"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("count_id", "name", "language", name=op.f("pk_picture")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "accepted",
                "rejected",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'accepted' OR cost IS NOT NULL", name=op.f("ck_proposal_accepted_has_a_cost")
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR explanation <> ''",
            name=op.f("ck_proposal_rejected_has_a_reason"),
        ),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_proposal_cost_not_negative")),
        sa.CheckConstraint(
            "estimate IS NULL OR estimate >= 0", name=op.f("ck_proposal_estimate_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_author_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"],
            ["district.id"],
            name=op.f("fk_proposal_district_id_district"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_reviewed_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_proposal_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_state"), ["state"], unique=False)

    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("summaries", sa.JSON(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("exclusive_group", sa.String(length=60), nullable=True),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_project_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["district_id"],
            ["district.id"],
            name=op.f("fk_project_district_id_district"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_project_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_project_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("round_id", "key", name=op.f("uq_project_round_id_key")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_round_id"), ["round_id"], unique=False)
    triggers.create(op.get_bind())


def downgrade() -> None:
    triggers.drop(op.get_bind())
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_round_id"))
        batch_op.drop_index(batch_op.f("ix_project_district_id"))

    op.drop_table("project")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_state"))
        batch_op.drop_index(batch_op.f("ix_proposal_round_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_author_id"))

    op.drop_table("proposal")
    op.drop_table("picture")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_count_id"))

    op.drop_table("objection")
    op.drop_table("attestation")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_round_id"))
        batch_op.drop_index(batch_op.f("ix_record_parliament_id"))

    op.drop_table("record")
    op.drop_table("phase")
    with op.batch_alter_table("official_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_act_round_id"))

    op.drop_table("official_act")
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_envelope_round_id_accepted_at"))

    op.drop_table("envelope")
    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_district_round_id"))

    op.drop_table("district")
    with op.batch_alter_table("count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_count_round_id"))

    op.drop_table("count")
    op.drop_table("cast_token")
    op.drop_table("voter")
    op.drop_table("tally")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    op.drop_table("round")
    op.drop_table("membership")
    op.drop_table("log_tile")
    op.drop_table("log_queue")
    op.drop_table("log_head")
    op.drop_table("log_entry")
    op.drop_table("log_checkpoint")
    op.drop_table("box")
    op.drop_table("auditor_key")
    op.drop_table("user_account")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_email"))

    op.drop_table("sign_in_link")
    op.drop_table("poll")
    op.drop_table("parliament")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_state"))

    op.drop_table("outgoing_mail")
    op.drop_table("attempt")
