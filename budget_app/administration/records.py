"""Writing the record of an act; it is kept or lost with the act's own transaction."""

from typing import Any

from budget_app.accounts.models import User
from budget_app.administration.models import Act, Record
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round
from voting import clock


def record(
    act: Act,
    *,
    actor: User | None,
    parliament: Parliament | None = None,
    round_: Round | None = None,
    **subject: Any,
) -> None:
    """Note that `actor` did `act`; None is the installation itself. No personal data in `subject`."""
    if round_ is not None:
        parliament = round_.parliament
    db.session.add(
        Record(
            at=clock.now(db.session()),
            act=act,
            actor_id=actor.id if actor else None,
            parliament_id=parliament.id if parliament else None,
            round_id=round_.id if round_ else None,
            subject=subject,
        )
    )
