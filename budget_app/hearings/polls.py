"""The verbs of live polls: not a vote on money, one answer a person, counted at the close."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from budget_app.accounts.models import User
from budget_app.extensions import db, insert_into
from budget_app.hearings.acts import expect, lock, note, touch
from budget_app.hearings.errors import (
    AlreadyAnswered,
    AlreadyDealtWith,
    AnotherPollOpen,
    PollNotOpen,
)
from budget_app.hearings.models import (
    CHANGEABLE,
    Hearing,
    HearingPoll,
    HearingPollState,
    HearingState,
    PollAnswer,
)
from budget_app.records.models import Act
from budget_app.rounds.errors import InvalidField
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
    """A poll that the chair opens later; two to six `options`, each by language; empty ones are left out.

    Raises `InvalidField` for two that read the same.
    """
    expect(hearing, *CHANGEABLE)
    _refuse_same(options)
    options = [option for option in options if option]
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        message = f"A poll has {LEAST_OPTIONS} to {MOST_OPTIONS} options, not {len(options)}."
        raise ValueError(message)
    poll = HearingPoll(questions=questions, options=options, state=HearingPollState.PREPARED)
    hearing.polls.append(poll)
    db.session.flush()
    note(Act.HEARING_POLL_PREPARED, hearing, by, poll=poll.id)
    return poll


def _refuse_same(options: list[dict[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for number, option in enumerate(options, start=1):
        texts = {(code, " ".join(text.split()).casefold()) for code, text in option.items()}
        if texts & seen:
            code = next(code for code, _text in texts & seen)
            raise InvalidField(f"option{number}_{code}", _("Two answers are the same."))
        seen |= texts


def remove(poll: HearingPoll, *, by: User) -> None:
    """Take back a poll that nobody was asked yet."""
    expect(poll.hearing, *CHANGEABLE)
    db.session.refresh(poll, with_for_update=True)
    if poll.state is not HearingPollState.PREPARED:
        raise AlreadyDealtWith
    hearing = poll.hearing
    hearing.polls.remove(poll)
    touch(hearing)
    note(Act.HEARING_POLL_REMOVED, hearing, by, poll=poll.id)


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
    """One answer of one person; `option` counts from 0. The same one twice is one, and no error."""
    # Shared: many answer at once, and none while the poll is being closed.
    db.session.refresh(poll, with_for_update={"read": True})
    if poll.state is not HearingPollState.OPEN:
        raise PollNotOpen
    added = db.session.scalar(
        insert_into(PollAnswer)
        .values(poll_id=poll.id, user_id=user.id, option=option)
        .on_conflict_do_nothing()
        .returning(PollAnswer.user_id)
    )
    if added is None and _answered(poll, user) != option:
        raise AlreadyAnswered


def _answered(poll: HearingPoll, user: User) -> int | None:
    return db.session.scalar(
        select(PollAnswer.option).where(
            PollAnswer.poll_id == poll.id, PollAnswer.user_id == user.id
        )
    )


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
