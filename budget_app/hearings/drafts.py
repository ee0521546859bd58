"""The verbs of a hearing that is a draft: published, or thrown away."""

from datetime import timedelta

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings.acts import expect, note, touch
from budget_app.hearings.errors import MomentOver
from budget_app.hearings.models import Hearing, HearingState
from budget_app.records.models import Act
from voting import clock

GRACE = timedelta(days=1)
"""A hearing that was held today may be noted late."""


def announce(hearing: Hearing, *, by: User | None) -> None:
    """Show a draft to everybody, and take questions; raises `MomentOver` where its day is past."""
    expect(hearing, HearingState.DRAFT)
    now = clock.now(db.session())
    if hearing.starts < now - GRACE:
        raise MomentOver
    hearing.state = HearingState.PLANNED
    hearing.changed_at = now
    touch(hearing)
    note(Act.HEARING_ANNOUNCED, hearing, by)


def discard(hearing: Hearing, *, by: User) -> None:
    """Delete what nobody but officials has seen."""
    expect(hearing, HearingState.DRAFT)
    note(Act.HEARING_DISCARDED, hearing, by)
    db.session.delete(hearing)
