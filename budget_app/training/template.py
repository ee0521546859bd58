"""A fresh exercise: its invented officials, its rounds, and a place on the roll for whoever joins."""

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.booth.services import claim_place
from budget_app.demonstration.content import RoundContent
from budget_app.extensions import db
from budget_app.hearings.acts import touch
from budget_app.hearings.models import Hearing
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round, RoundState
from budget_app.training import beginnings
from budget_app.training.beginnings import DOMAIN, Scene
from budget_app.training.models import Beginning
from voting import clock
from voting.roll_file import Line

MOST_PEOPLE = 100
"""Who can join one exercise: a code that got about cannot fill the database."""
BORN = date(2000, 1, 1)


def fill(exercise: Parliament, beginning: Beginning, minutes: int) -> None:
    """Fill an empty exercise, through the same verbs as a real parliament."""
    first, second = (_office(exercise, number) for number in (1, 2))
    now = clock.now(db.session())
    scene = Scene(exercise, first, second, now, minutes, places=participants)
    beginnings.fill(scene, beginning)


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
    slug = RoundContent(beginnings.VOTING).slug
    round_ = db.session.scalar(
        select(Round).where(Round.parliament_id == exercise.id, Round.slug == slug)
    )
    if round_ is not None and round_.state is RoundState.OPEN:
        claim_place(round_, user, identity_number(number), BORN)


def give_the_chair(exercise: Parliament, user: User) -> None:
    """Let a parliamentarian lead the hearings of the exercise, in the place of an invented official."""
    for hearing in db.session.scalars(select(Hearing).where(Hearing.parliament_id == exercise.id)):
        real = [chair for chair in hearing.chairs if chair.exercise_number is not None]
        hearing.chairs = [*real, user]
        touch(hearing)


def _office(exercise: Parliament, number: int) -> User:
    """An invented official, so that the template's acts have somebody who did them."""
    with force_locale(exercise.default_language):
        name = str(_("Training office %(number)s", number=number))
    user = accounts.ensure_user(f"office-{number}.{exercise.slug}@{DOMAIN}", name=name)
    user.exercise_id = exercise.id
    accounts.grant(user, exercise, Role.ADMINISTRATOR)
    return user
