"""What every act on a hearing shares: who leads, in which state, the record, and the version."""

from typing import Any

from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.hearings.errors import WrongHearingState
from budget_app.hearings.models import Hearing, HearingState
from budget_app.meanwhile import LastWriter
from budget_app.records import queries
from budget_app.records.models import Act
from budget_app.records.services import record


def leads(hearing: Hearing, user: User) -> bool:
    """Whether somebody chairs: a chair who still holds the office, or an administrator."""
    roles = user.roles_in(hearing.parliament)
    return Role.ADMINISTRATOR in roles or (
        Role.PARLIAMENTARIAN in roles and user.id in {chair.id for chair in hearing.chairs}
    )


def touch(hearing: Hearing) -> None:
    """The live part shows something new. Counted by the database: many do this at once."""
    hearing.version = Hearing.version + 1


def lock(hearing: Hearing) -> None:
    """Let the acts of two chairs follow one another."""
    db.session.execute(db.select(Hearing.id).where(Hearing.id == hearing.id).with_for_update())


def expect(hearing: Hearing, *states: HearingState) -> None:
    """Raise `WrongHearingState` unless the hearing is in one of `states`."""
    if hearing.state not in states:
        raise WrongHearingState


def note(act: Act, hearing: Hearing, actor: User | None, **subject: object) -> None:
    """The record of an act on a hearing."""
    record(
        act,
        actor=actor,
        parliament=hearing.parliament,
        round_=hearing.round_,
        hearing=hearing.id,
        **subject,
    )


def last_to(act: Act, hearing: Hearing, **subject: Any) -> LastWriter:
    """Who did `act` last on the hearing, and on what `subject` names of it."""
    return lambda: queries.last_to(act, hearing.parliament, hearing=hearing.id, **subject)
