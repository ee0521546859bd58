"""The verbs of live polls: not a vote on money, one answer a person, counted at the close."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from budget_app.accounts.models import User
from budget_app.administration.models import Act
from budget_app.extensions import db
from budget_app.hearings.acts import expect, lock, note, touch
from budget_app.hearings.errors import (
    AlreadyAnswered,
    AlreadyDealtWith,
    AnotherPollOpen,
    PollNotOpen,
)
from budget_app.hearings.models import (
    Hearing,
    HearingPoll,
    HearingPollState,
    HearingState,
    PollAnswer,
)
from tallying.evidence.privacy import LEAST_CELL

LEAST_OPTIONS, MOST_OPTIONS = 2, 6


@dataclass(frozen=True)
class Told:
    """What is told of a closed poll: `counts` by option, None where fewer than ten people stand.

    `total` is told only with every count: the one that is missing could be worked out of it.
    """

    total: int | None
    counts: list[int | None]


def prepare(
    hearing: Hearing, questions: dict[str, str], options: list[dict[str, str]], *, by: User
) -> HearingPoll:
    """A poll that the chair opens later; two to six `options`, each by language."""
    expect(hearing, HearingState.PLANNED, HearingState.LIVE)
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        message = f"A poll has {LEAST_OPTIONS} to {MOST_OPTIONS} options, not {len(options)}."
        raise ValueError(message)
    poll = HearingPoll(questions=questions, options=options, state=HearingPollState.PREPARED)
    hearing.polls.append(poll)
    db.session.flush()
    note(Act.HEARING_CHANGED, hearing, by)
    return poll


def open_(poll: HearingPoll, *, by: User) -> None:
    """Take answers, while no other poll of the hearing does."""
    expect(poll.hearing, HearingState.LIVE)
    if poll.state is not HearingPollState.PREPARED:
        raise AlreadyDealtWith
    lock(poll.hearing)
    if any(other.state is HearingPollState.OPEN for other in poll.hearing.polls):
        raise AnotherPollOpen
    poll.state = HearingPollState.OPEN
    touch(poll.hearing)
    note(Act.HEARING_POLL_OPENED, poll.hearing, by, poll=poll.id)


def answer(poll: HearingPoll, option: int, user: User) -> None:
    """One answer of one person; `option` counts from 0."""
    # Shared: many answer at once, and none while the poll is being closed.
    db.session.refresh(poll, with_for_update={"read": True})
    if poll.state is not HearingPollState.OPEN:
        raise PollNotOpen
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    added = db.session.scalar(
        insert(PollAnswer)
        .values(poll_id=poll.id, user_id=user.id, option=option)
        .on_conflict_do_nothing()
        .returning(PollAnswer.user_id)
    )
    if added is None:
        raise AlreadyAnswered


def close(poll: HearingPoll, *, by: User) -> None:
    """Count, and forget who answered what."""
    db.session.refresh(poll, with_for_update=True)
    if poll.state is not HearingPollState.OPEN:
        raise PollNotOpen
    rows = db.session.execute(
        select(PollAnswer.option, func.count())
        .where(PollAnswer.poll_id == poll.id)
        .group_by(PollAnswer.option)
    )
    found = dict(rows.all())
    poll.counts = [found.get(number, 0) for number in range(len(poll.options))]
    poll.state = HearingPollState.CLOSED
    db.session.execute(delete(PollAnswer).where(PollAnswer.poll_id == poll.id))
    touch(poll.hearing)
    note(Act.HEARING_POLL_CLOSED, poll.hearing, by, poll=poll.id)


def told(poll: HearingPoll) -> Told | None:
    """What everybody may know of a closed poll; None when that is no number at all."""
    counts = poll.counts or []
    shown = [count if count >= LEAST_CELL else None for count in counts]
    if not any(shown):
        return None
    return Told(sum(counts) if None not in shown else None, shown)
