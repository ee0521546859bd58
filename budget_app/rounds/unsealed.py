"""How every change of a round's set-up begins and ends: not once it is sealed, never unrecorded."""

from typing import Any

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import RoundSealed
from budget_app.rounds.models import Round


def refuse_sealed(round_: Round) -> None:
    """Raise `RoundSealed` once the manifest is fixed."""
    if round_.is_sealed:
        raise RoundSealed


def record_change(round_: Round, by: User | None, part: str, **subject: Any) -> None:
    """Record that `part` of the set-up changed, as the database has taken it.

    `subject` names which thing it was, where the part has several.
    """
    db.session.flush()
    record(Act.ROUND_CHANGED, actor=by, round_=round_, part=part, **subject)
