"""Closing an exercise to everybody, so that no worker looks at it either."""

from sqlalchemy import delete, select, update

from budget_app.accounts import sessions
from budget_app.accounts.models import User
from budget_app.browsing.models import AlertPlan, Booklet
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import ActState, OfficialAct, Round
from voting import clock
from voting.models import Poll


def retire(exercise: Parliament) -> None:
    """Its addresses answer as if it had never been there, and nothing of it waits for a worker.

    Acts that somebody asked for are withdrawn, booklets and mails of news are given up, and what
    its logs have not taken in stays out of them.
    """
    now = clock.now(db.session())
    rounds = select(Round.id).where(Round.parliament_id == exercise.id)
    users = select(User).where(User.exercise_id == exercise.id)
    exercise.retired_at = now
    polls = Poll.round_id.startswith(f"{exercise.slug}/", autoescape=True)
    for statement in (
        update(Poll).where(polls, Poll.retired_at.is_(None)).values(retired_at=now),
        update(OfficialAct)
        .where(
            OfficialAct.round_id.in_(rounds),
            OfficialAct.state.in_((ActState.REQUESTED, ActState.APPROVED)),
        )
        .values(state=ActState.WITHDRAWN, finished_at=now),
        delete(Booklet).where(Booklet.round_id.in_(rounds)),
        delete(AlertPlan).where(AlertPlan.user_id.in_(users.with_only_columns(User.id))),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
    for user in db.session.scalars(users):
        sessions.end_all(user)
