"""Finding training sessions and the delegations of a code."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.training.models import Delegation, TrainingSession

ADDRESS = re.compile(r"exercise-(.+)-\d+")
"""What `services.make` calls the exercises of a code, one after another."""


@access.loader("session_id", gives="session")
def load_session(loaded: Loaded, number: Any) -> TrainingSession | None:
    host: Parliament = loaded["parliament"]
    return db.session.scalar(
        select(TrainingSession).where(
            TrainingSession.host_id == host.id, TrainingSession.id == number
        )
    )


@access.loader("delegation_id", gives="delegation")
def load_delegation(loaded: Loaded, number: Any) -> Delegation | None:
    session: TrainingSession = loaded["session"]
    return next((each for each in session.delegations if each.id == number), None)


@access.loader("join_code", gives="delegation")
def load_code(_loaded: Loaded, code: Any) -> Delegation | None:
    """The delegation that may be joined with a code, written in any case."""
    return db.session.scalar(select(Delegation).where(Delegation.code == str(code).upper()))


def begun_anew(slug: str) -> Delegation | None:
    """The delegation of an exercise that is there no longer, by the address it had."""
    found = ADDRESS.fullmatch(slug)
    delegation: Delegation | None = load_code({}, found[1]) if found else None
    if delegation is None or (delegation.exercise and delegation.exercise.slug == slug):
        return None
    return delegation


def sessions_of(host: Parliament) -> Sequence[TrainingSession]:
    """Newest first."""
    return db.session.scalars(
        select(TrainingSession)
        .where(TrainingSession.host_id == host.id)
        .order_by(TrainingSession.id.desc())
    ).all()


def joined(exercise: Parliament) -> int:
    """How many people have joined an exercise."""
    counting = (
        select(func.count())
        .select_from(User)
        .where(User.exercise_id == exercise.id, User.exercise_number.is_not(None))
    )
    return db.session.scalar(counting) or 0
