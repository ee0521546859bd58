"""Making the exercises that delegations wait for, one at a time."""

import structlog
from sqlalchemy import select

from budget_app import jobs
from budget_app.extensions import db
from budget_app.training import services
from budget_app.training.models import Delegation, DelegationState

log = structlog.get_logger()

WAITING = select(Delegation.id).where(Delegation.state == DelegationState.WAITING)


@jobs.task(waits=WAITING)
def make_exercises() -> None:
    """One exercise; what fails is said on the session's page, and can be asked for again."""
    number = db.session.scalar(WAITING.order_by(Delegation.id).limit(1))
    if number is None:
        return
    try:
        services.make(db.session.get_one(Delegation, number))
        db.session.commit()
    except Exception as error:  # noqa: BLE001 — one delegation must not keep the others waiting
        db.session.rollback()
        log.error("exercise.failed", delegation=number, error=type(error).__name__)
        delegation = db.session.get_one(Delegation, number)
        delegation.state, delegation.error = DelegationState.FAILED, type(error).__name__
        delegation.made += 1
        db.session.commit()
