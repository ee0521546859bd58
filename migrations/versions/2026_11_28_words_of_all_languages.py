"""The search knows the official names of proposals that became projects, in every language.

Revision ID: 7a1e0c94d3b6
Revises: f3b7c90d2e14
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "7a1e0c94d3b6"
down_revision = "f3b7c90d2e14"
branch_labels = None
depends_on = None

INDEX = "ix_project_proposal_id"
CONFIGURATIONS = {"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
SAID = tuple[str, str, str]
"""A language, a title and a text."""


def upgrade() -> None:
    op.create_index(INDEX, "project", ["proposal_id"])
    for number, author, official in _with_projects():
        _put(number, [author, *official])


def downgrade() -> None:
    op.drop_index(INDEX, "project")
    for number, author, _official in _with_projects():
        _put(number, [author])


def _with_projects() -> list[tuple[int, SAID, list[SAID]]]:
    proposal = sa.table("proposal", *map(sa.column, ("id", "language", "title", "summary", "description")))
    project = sa.table(
        "project", sa.column("proposal_id"), sa.column("names", sa.JSON), sa.column("summaries", sa.JSON)
    )
    rows = op.get_bind().execute(
        sa.select(proposal, project.c.names, project.c.summaries)
        .join(project, project.c.proposal_id == proposal.c.id)
        .order_by(proposal.c.id)
    )
    return [
        (
            row.id,
            (row.language, row.title, f"{row.summary}\n{row.description}"),
            [
                (language, row.names.get(language, ""), row.summaries.get(language, ""))
                for language in dict.fromkeys((*row.names, *row.summaries))
            ],
        )
        for row in rows.all()
    ]


def _put(number: int, said: list[SAID]) -> None:
    folded = [(language, _folded(title), _folded(body)) for language, title, body in said]
    title, body = (_lines([one[place] for one in folded]) for place in (1, 2))
    values: dict[str, object] = {"title": title, "body": body}
    if op.get_bind().dialect.name == "postgresql":
        vectors = [_vector("simple", title, body)]
        vectors += [_vector(CONFIGURATIONS[one[0]], *one[1:]) for one in folded if one[0] in CONFIGURATIONS]
        values["words"] = vectors[0]
        for vector in vectors[1:]:
            values["words"] = values["words"].op("||")(vector)
    words = sa.table("proposal_words", *map(sa.column, ("proposal_id", "title", "body", "words")))
    op.execute(sa.update(words).where(words.c.proposal_id == number).values(values))


def _vector(configuration: str, title: str, body: str) -> sa.ColumnElement:
    first, second = (
        sa.func.setweight(sa.func.to_tsvector(configuration, text), sa.literal_column(weight))
        for text, weight in ((title, "'A'"), (body, "'D'"))
    )
    return first.op("||")(second)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _lines(texts: list[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
