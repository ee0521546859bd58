"""Words, support, following, saved searches, booklets and outlines.

Revision ID: 51b7c0d2e9f4
Revises: b83e5f0a6d21
"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "51b7c0d2e9f4"
down_revision = "b83e5f0a6d21"
branch_labels = None
depends_on = None

CONFIGURATIONS = {"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
FTS = (
    "CREATE VIRTUAL TABLE proposal_fts USING fts5(title, body, content='proposal_words',"
    " content_rowid='proposal_id', tokenize='unicode61 remove_diacritics 2', prefix='2 3 5')",
    "CREATE TRIGGER proposal_words_put AFTER INSERT ON proposal_words BEGIN"
    " INSERT INTO proposal_fts (rowid, title, body) VALUES (new.proposal_id, new.title, new.body);"
    " END",
    "CREATE TRIGGER proposal_words_gone AFTER DELETE ON proposal_words BEGIN"
    " INSERT INTO proposal_fts (proposal_fts, rowid, title, body)"
    " VALUES ('delete', old.proposal_id, old.title, old.body); END",
    "CREATE TRIGGER proposal_words_changed AFTER UPDATE ON proposal_words BEGIN"
    " INSERT INTO proposal_fts (proposal_fts, rowid, title, body)"
    " VALUES ('delete', old.proposal_id, old.title, old.body);"
    " INSERT INTO proposal_fts (rowid, title, body) VALUES (new.proposal_id, new.title, new.body);"
    " END",
)
"""SQLite's index, kept by triggers of `proposal_words`: whoever makes that table anew makes these."""


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = op.create_table(
        "proposal_words",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Text() if sqlite else TSVECTOR(), nullable=True),
        _refers("proposal_words", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_words")),
    )
    op.create_index("ix_proposal_words_words", "proposal_words", ["words"], postgresql_using="gin")
    if sqlite:
        for statement in FTS:
            op.execute(statement)
    _fill(words, sqlite=sqlite)
    _people()
    op.create_table(
        "booklet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'printing', 'done', 'failed')",
            name=op.f("ck_booklet_bookletstate"),
        ),
        _refers("booklet", "round_id", "round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booklet")),
        sa.UniqueConstraint(
            "round_id", "language", "digest", name=op.f("uq_booklet_round_id_language_digest")
        ),
    )
    op.create_index(op.f("ix_booklet_state"), "booklet", ["state"])
    with op.batch_alter_table("district") as batch:
        batch.add_column(sa.Column("outline", sa.JSON(), nullable=True))
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.add_column(
            sa.Column("unsubscribe", sa.String(500), nullable=False, server_default="")
        )


def _people() -> None:
    op.create_table(
        "support",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("support", "proposal_id", "proposal"),
        _refers("support", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("proposal_id", "user_id", name=op.f("pk_support")),
    )
    op.create_index(op.f("ix_support_user_id"), "support", ["user_id"])
    op.create_table(
        "following",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(proposal_id IS NULL) <> (round_id IS NULL)", name=op.f("ck_following_one_thing")
        ),
        _refers("following", "user_id", "user_account"),
        _refers("following", "proposal_id", "proposal"),
        _refers("following", "round_id", "round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_following")),
        sa.UniqueConstraint(
            "user_id", "proposal_id", name=op.f("uq_following_user_id_proposal_id")
        ),
        sa.UniqueConstraint("user_id", "round_id", name=op.f("uq_following_user_id_round_id")),
    )
    op.create_index(op.f("ix_following_proposal_id"), "following", ["proposal_id"])
    op.create_index(op.f("ix_following_round_id"), "following", ["round_id"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("saved_search", "user_id", "user_account"),
        _refers("saved_search", "round_id", "round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint(
            "user_id", "round_id", "name", name=op.f("uq_saved_search_user_id_round_id_name")
        ),
    )
    op.create_index(op.f("ix_saved_search_round_id"), "saved_search", ["round_id"])
    op.create_table(
        "alert_plan",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pace", sa.String(24), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pace IN ('daily', 'weekly', 'never')", name=op.f("ck_alert_plan_pace")),
        _refers("alert_plan", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_alert_plan")),
    )
    op.create_index(op.f("ix_alert_plan_due_at"), "alert_plan", ["due_at"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def _fill(words: sa.Table, *, sqlite: bool) -> None:
    """Index the proposals that are there."""
    columns = ("id", "language", "title", "summary", "description")
    proposals = sa.table("proposal", *(sa.column(name) for name in columns))
    for row in op.get_bind().execute(sa.select(proposals)).all():
        title, body = _folded(row.title), _folded(f"{row.summary}\n{row.description}")
        vector = None if sqlite else _vector(row.language, title, body)
        op.execute(
            sa.insert(words).values(proposal_id=row.id, title=title, body=body, words=vector)
        )


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _vector(language: str, title: str, body: str) -> sa.ColumnElement:
    found = None
    for configuration in ("simple", CONFIGURATIONS.get(language, "simple")):
        for text, weight in ((title, "'A'"), (body, "'D'")):
            part = sa.func.setweight(sa.func.to_tsvector(configuration, text), sa.literal_column(weight))
            found = part if found is None else found.op("||")(part)
    return found


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("unsubscribe")
    with op.batch_alter_table("district") as batch:
        batch.drop_column("outline")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE proposal_fts")
    for table in (
        "booklet",
        "alert_plan",
        "saved_search",
        "following",
        "support",
        "proposal_words",
    ):
        op.drop_table(table)
