"""Drafts of rounds: deleted by their office, and told apart by their names."""

from sqlalchemy import select, update

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.records.models import Act, Record
from budget_app.records.services import record
from budget_app.rounds.errors import WrongRoundState
from budget_app.rounds.models import Round, RoundState
from budget_app.rounds.queries import all_rounds
from budget_app.rounds.steps import roll_size


def delete(round_: Round, *, by: User) -> None:
    """Delete what nobody but administrators has seen; raises `WrongRoundState` for anything else.

    The records of what was done with it stay: they open what the public log says of those acts.
    """
    db.session.execute(select(Round.id).where(Round.id == round_.id).with_for_update())
    db.session.refresh(round_, ["state"])
    if round_.state is not RoundState.DRAFT or roll_size(round_):
        raise WrongRoundState
    parliament, slug = round_.parliament, round_.slug
    db.session.execute(update(Record).where(Record.round_id == round_.id).values(round_id=None))
    db.session.delete(round_)
    db.session.flush()
    record(Act.ROUND_DELETED, actor=by, parliament=parliament, round=slug)


def has_namesake(round_: Round) -> bool:
    """Whether another round of the parliament has the same name in one of its languages."""
    mine = _names(round_)
    others = (other for other in all_rounds(round_.parliament) if other.id != round_.id)
    return any(mine & _names(other) for other in others)


def _names(round_: Round) -> set[tuple[str, str]]:
    return {(code, title.casefold()) for code, title in round_.titles.items()}
