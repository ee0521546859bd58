"""Making the exercises that delegations wait for, one at a time."""

from datetime import timedelta

import structlog
from sqlalchemy import func, or_, select

from budget_app import jobs
from budget_app.extensions import db
from budget_app.logs import places
from budget_app.training import services
from budget_app.training.models import Delegation, DelegationState
from voting import clock

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""Many times what one exercise takes."""
WAITING = (
    select(Delegation)
    .where(
        Delegation.state == DelegationState.WAITING,
        or_(Delegation.leased_until.is_(None), Delegation.leased_until < func.now()),
    )
    .order_by(Delegation.id)
)


@jobs.task(waits=WAITING)
def make_exercises() -> None:
    """One exercise; what fails is said on the session's page, and can be asked for again."""
    delegation = db.session.scalar(WAITING.limit(1).with_for_update(skip_locked=True))
    if delegation is None:
        return
    delegation.leased_until = clock.now(db.session()) + LEASE
    db.session.commit()
    number = delegation.id
    try:
        services.make(delegation)
        db.session.commit()
    except Exception as error:  # noqa: BLE001 — one delegation must not keep the others waiting
        db.session.rollback()
        kind = type(error).__name__
        log.error("exercise.failed", delegation=number, error=kind, where=places(error))
        delegation = db.session.get_one(Delegation, number)
        delegation.state, delegation.error = DelegationState.FAILED, kind
        delegation.made += 1
        db.session.commit()
