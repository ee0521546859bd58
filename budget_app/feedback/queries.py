"""Finding what a round promises and answers."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.feedback.models import Answer, Commitment, Principle, Standing
from budget_app.rounds.models import Round


@access.loader("commitment_id", gives="commitment")
def load_commitment(loaded: Loaded, number: Any) -> Commitment | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(Commitment).where(Commitment.round_id == round_.id, Commitment.id == number)
    )


@access.loader("standing_id", gives="standing")
def load_standing(loaded: Loaded, number: Any) -> Standing | None:
    commitment: Commitment = loaded["commitment"]
    return next((found for found in commitment.standings if found.id == number), None)


@access.loader("answer_id", gives="answer")
def load_answer(loaded: Loaded, number: Any) -> Answer | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(Answer).where(Answer.round_id == round_.id, Answer.id == number)
    )


def administers(round_: Round) -> bool:
    """Whether the visitor is an administrator of the round's parliament."""
    return bool(
        current_user.is_authenticated
        and Role.ADMINISTRATOR in current_user.roles_in(round_.parliament)
    )


def commitments(round_: Round) -> list[Commitment]:
    """In the order of the principles, then of their making."""
    found = db.session.scalars(
        select(Commitment).where(Commitment.round_id == round_.id).order_by(Commitment.id)
    ).all()
    order = list(Principle)
    return sorted(found, key=lambda commitment: order.index(commitment.principle))


def answers(round_: Round) -> Sequence[Answer]:
    """Newest first."""
    return db.session.scalars(
        select(Answer).where(Answer.round_id == round_.id).order_by(Answer.id.desc())
    ).all()
