"""The checklist of a round's reviews is its own; those of today keep the words they had.

Revision ID: 4e7a92c1b8d5
Revises: 0c9d4a7e61f3
"""

import sqlalchemy as sa
from alembic import op

revision = "4e7a92c1b8d5"
down_revision = "0c9d4a7e61f3"
branch_labels = None
depends_on = None

WORDS = {
    "competence": {
        "en": "It is within the competence of the parliament",
        "es": "Es competencia del parlamento",
        "fr": "Elle relève de la compétence du parlement",
        "pt": "É da competência do parlamento",
    },
    "legal": {
        "en": "It is legal",
        "es": "Es legal",
        "fr": "Elle est légale",
        "pt": "É legal",
    },
    "technical": {
        "en": "It can be built or done",
        "es": "Se puede construir o hacer",
        "fr": "Elle est réalisable",
        "pt": "Pode ser construída ou feita",
    },
    "budget": {
        "en": "It fits into the budget of the district",
        "es": "Cabe en el presupuesto del distrito",
        "fr": "Elle tient dans le budget du district",
        "pt": "Cabe no orçamento do distrito",
    },
    "costed": {
        "en": "Its cost was worked out",
        "es": "Su costo está calculado",
        "fr": "Son coût a été calculé",
        "pt": "O seu custo foi calculado",
    },
    "unique": {
        "en": "It repeats no other proposal or plan",
        "es": "No repite otra propuesta ni otro plan",
        "fr": "Elle ne répète ni proposition ni projet existant",
        "pt": "Não repete outra proposta nem outro plano",
    },
}
"""By the keys under which answers are kept already."""


def upgrade() -> None:
    op.add_column("round", sa.Column("checklist", sa.JSON(), server_default="[]", nullable=False))
    round_ = sa.table(
        "round", sa.column("parliament_id", sa.Integer), sa.column("checklist", sa.JSON)
    )
    parliament = sa.table(
        "parliament", sa.column("id", sa.Integer), sa.column("languages", sa.JSON)
    )
    found = op.get_bind().execute(sa.select(parliament.c.id, parliament.c.languages))
    for number, languages in found.all():
        criteria = [
            {"key": key, "texts": {code: texts[code] for code in languages if code in texts}}
            for key, texts in WORDS.items()
        ]
        op.execute(
            round_.update().where(round_.c.parliament_id == number).values(checklist=criteria)
        )


def downgrade() -> None:
    op.drop_column("round", "checklist")
