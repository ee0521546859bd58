"""What stands in every fresh exercise: one round that collects proposals, one that is open for voting,
and a hearing that can be held or simulated."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.booth.services import claim_place
from budget_app.demonstration import rounds
from budget_app.demonstration.content import RoundContent
from budget_app.demonstration.hearings import call
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import acts, jobs
from budget_app.rounds.models import ActKind, ActState, PhaseKind, Round, RoundState
from budget_app.rounds.replays import cast_all, voting_dates
from voting import clock
from voting.roll_file import Line

COLLECTING, VOTING = "ideas_2028", "youth_2027"
VOTERS, CAST = 60, 40
"""Invented people on the roll and ballots in the box, so that there is something to count."""
MOST_PEOPLE = 100
"""Who can join one exercise: a code that got about cannot fill the database."""
BORN = date(2000, 1, 1)
DOMAIN = "exercise.invalid"
"""Of no mail (RFC 2606): nobody gets anything from an exercise."""


def fill(exercise: Parliament, minutes: int) -> None:
    """Fill an empty exercise, through the same verbs as a real parliament."""
    now = clock.now(db.session())
    first, second = (_office(exercise, number) for number in (1, 2))
    call(rounds.announce(RoundContent(COLLECTING), exercise, now, office=first), first, now)
    content = RoundContent(VOTING)
    round_ = rounds.announce(content, exercise, now, office=first)
    _shorten(round_, now, minutes)
    rounds.seal(
        content,
        round_,
        office=first,
        voters=VOTERS,
        cast=CAST,
        besides=lambda first_line: participants(content, first_line),
    )
    db.session.commit()
    _open(round_, first, second)
    ballots = rounds.electorate(content, round_, voters=VOTERS, cast=CAST).ballots
    cast_all(round_, ballots, lambda *_: None, until=now)


def participants(content: RoundContent, first: int) -> list[Line]:
    """Whoever may join, on the roll beforehand, by turns in each district."""
    districts = [entry["slug"] for entry in content.districts]
    return [
        Line(first + n, identity_number(n + 1), districts[n % len(districts)], BORN)
        for n in range(MOST_PEOPLE)
    ]


def identity_number(number: int) -> str:
    """What the participant with this number says at the ballot."""
    return f"EX-{number:04d}"


def admit(exercise: Parliament, user: User, number: int) -> None:
    """Give a participant the place on the roll that was kept, so that they can vote at once.

    In a hall everybody comes from one address: asking each for an invented identity number would
    soon look like somebody who guesses.
    """
    slug = RoundContent(VOTING).slug
    round_ = db.session.scalar(
        select(Round).where(Round.parliament_id == exercise.id, Round.slug == slug)
    )
    if round_ is not None and round_.state is RoundState.OPEN:
        claim_place(round_, user, identity_number(number), BORN)


def _office(exercise: Parliament, number: int) -> User:
    """An invented official, so that the template's acts have somebody who did them."""
    user = accounts.ensure_user(
        f"office-{number}.{exercise.slug}@{DOMAIN}", name=f"Training office {number}"
    )
    user.exercise_id = exercise.id
    accounts.grant(user, exercise, Role.ADMINISTRATOR)
    return user


def _shorten(round_: Round, now: datetime, minutes: int) -> None:
    """Voting ends in so many minutes; what follows comes at once after it."""
    moment = now + timedelta(minutes=minutes)
    for phase in sorted(round_.phases, key=lambda phase: phase.starts):
        if phase.kind is PhaseKind.VOTING:
            phase.ends = moment
        elif phase.starts > now:
            phase.starts, phase.ends = moment, moment + timedelta(hours=2)
            moment = phase.ends
    db.session.flush()


def _open(round_: Round, first: User, second: User) -> None:
    opens, _closes = voting_dates(round_)
    with clock.replay(opens):
        act = acts.request_act(round_, ActKind.OPEN, by=first)
        acts.approve_act(act, by=second)
        db.session.commit()
        jobs.carry_out_acts()
    if act.state is not ActState.DONE:
        message = f"The exercise could not be opened: {act.error}"
        raise RuntimeError(message)


def leave(exercise: Parliament, now: datetime) -> None:
    """Close an exercise to everybody: its addresses answer as if it had never been there."""
    db.session.execute(
        update(Parliament).where(Parliament.id == exercise.id).values(retired_at=now)
    )
