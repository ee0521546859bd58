"""The verbs of training: beginning a session, making and resetting exercises, joining one."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.services import create_parliament
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.training import template
from budget_app.training.beginnings import DOMAIN
from budget_app.training.errors import ExerciseFull, ExerciseNotReady, TrainingEnded
from budget_app.training.models import Beginning, Delegation, DelegationState, TrainingSession
from budget_app.training.queries import joined
from budget_app.training.retiring import retire
from voting import clock

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKE = str.maketrans("OIL", "011")
"""What people write for what the alphabet leaves out."""
Names = Mapping[Beginning, Sequence[str]]


def begin(host: Parliament, title: str, names: Names, minutes: int, *, by: User) -> TrainingSession:
    """A session with one exercise for each name; the worker makes them one after the other.

    `names` are the delegations by where their exercises begin.
    """
    session = TrainingSession(
        host_id=host.id, title=title, minutes=minutes, created_at=clock.now(db.session())
    )
    session.delegations = [
        Delegation(name=name, code=_code(), beginning=beginning)
        for beginning, those in names.items()
        for name in those
    ]
    db.session.add(session)
    db.session.flush()
    record(Act.TRAINING_BEGUN, actor=by, parliament=host, session=session.id)
    return session


def _code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def reset(delegation: Delegation, *, by: User) -> None:
    """Give the delegation a fresh exercise; the present one is closed at once."""
    _refuse_ended(delegation.session)
    _leave(delegation)
    delegation.state, delegation.error = DelegationState.WAITING, ""
    delegation.leased_until = None
    record(
        Act.EXERCISE_RESET,
        actor=by,
        parliament=delegation.session.host,
        delegation=delegation.id,
    )


def end(session: TrainingSession, *, by: User) -> None:
    """Close all exercises of the session for good."""
    _refuse_ended(session)
    session.ended_at = clock.now(db.session())
    for delegation in session.delegations:
        _leave(delegation)
    record(Act.TRAINING_ENDED, actor=by, parliament=session.host, session=session.id)


def _leave(delegation: Delegation) -> None:
    """Close the present exercise, and sign its people out."""
    if delegation.exercise is not None:
        retire(delegation.exercise)
    delegation.exercise_id = None


def make(delegation: Delegation) -> None:
    """Make the exercise that a delegation waits for."""
    host = delegation.session.host
    delegation.made += 1
    slug = f"exercise-{delegation.code.lower()}-{delegation.made}"
    exercise = create_parliament(
        slug,
        dict.fromkeys(host.languages, delegation.name),
        languages=list(host.languages),
        currency=host.currency,
        timezone=host.timezone,
        accent=host.accent,
    )
    exercise.is_exercise = True
    # Nobody finds it before it is whole: what a dying worker leaves stays out of sight.
    exercise.retired_at = clock.now(db.session())
    db.session.flush()
    template.fill(exercise, delegation.beginning, delegation.session.minutes)
    exercise.retired_at = None
    delegation.exercise_id, delegation.state = exercise.id, DelegationState.READY


def join(delegation: Delegation, name: str, role: Role) -> User:
    """Sign this device in with an account that exists in the exercise alone, and answer which it is.

    Raises `TrainingEnded`, `ExerciseNotReady`, `ExerciseFull`.
    """
    exercise = _ready(delegation)
    # One after the other: a whole hall joins at the same moment, and each gets a number.
    db.session.refresh(delegation, with_for_update=True)
    number = joined(exercise) + 1
    if number > template.MOST_PEOPLE:
        raise ExerciseFull
    user = accounts.ensure_user(f"{secrets.token_hex(8)}.{exercise.slug}@{DOMAIN}", name=name)
    user.exercise_id, user.exercise_number, user.exercise_code = exercise.id, number, _code()
    if role is not Role.CITIZEN:
        user.office = name
        accounts.grant(user, exercise, role)
    if role is Role.PARLIAMENTARIAN:
        template.give_the_chair(exercise, user)
    template.admit(exercise, user, number)
    sessions.begin(user)
    return user


def come_back(delegation: Delegation, code: str) -> User | None:
    """Sign this device in to the seat that somebody was given a code for; None where nobody was.

    Raises `TrainingEnded`, `ExerciseNotReady`.
    """
    exercise = _ready(delegation)
    written = "".join(filter(str.isalnum, code.upper().translate(LOOK_ALIKE)))
    user = db.session.scalar(
        select(User).where(
            User.exercise_id == exercise.id,
            User.exercise_code == f"{written[:4]}-{written[4:]}",
        )
    )
    if user is not None:
        sessions.begin(user)
    return user


def _ready(delegation: Delegation) -> Parliament:
    _refuse_ended(delegation.session)
    if delegation.exercise is None or delegation.state is not DelegationState.READY:
        raise ExerciseNotReady
    return delegation.exercise


def _refuse_ended(session: TrainingSession) -> None:
    if session.ended_at is not None:
        raise TrainingEnded
