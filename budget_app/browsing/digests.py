"""Digests: at most one mail a day, or a week, of what is new in a parliament, for who wants it."""

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.browsing import following
from budget_app.browsing.happened import Span, news_of
from budget_app.browsing.models import DigestChoice, Pace
from budget_app.browsing.news import News
from budget_app.extensions import db
from budget_app.mailing.outbox import post
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from voting import clock


def pace_of(user: User, parliament: Parliament) -> Pace:
    """What a person chose; nobody gets a digest without having asked for it."""
    choice = _choice(user, parliament)
    return Pace.NEVER if choice is None else choice.pace


def choose(user: User, parliament: Parliament, pace: Pace) -> None:
    """From now on; what happened before, or while there was no digest, is not told afterwards."""
    now = clock.now(db.session())
    following.insert_once(
        DigestChoice,
        user_id=user.id,
        parliament_id=parliament.id,
        pace=Pace.NEVER,
        told_until=now,
        due_at=now,
    )
    choice = _choice(user, parliament, lock=True)
    if choice is None:  # deleted with the account meanwhile
        return
    if choice.pace is Pace.NEVER:
        choice.told_until = now
    choice.pace = pace
    choice.due_at = max(choice.told_until + pace.length, now)


def due() -> list[int]:
    """The choices whose period is over; exercises, and what was closed, send nothing."""
    return list(
        db.session.scalars(
            select(DigestChoice.id)
            .join(Parliament, DigestChoice.parliament_id == Parliament.id)
            .where(
                DigestChoice.due_at <= clock.now(db.session()),
                DigestChoice.pace != Pace.NEVER,
                Parliament.is_exercise.is_(False),
                Parliament.retired_at.is_(None),
            )
            .order_by(DigestChoice.id)
        )
    )


def tell(choice_id: int) -> bool:
    """Mail what is new since the last period, and begin the next: both or neither.

    The row's lock, and its date, keep two workers from two mails. Nothing new, no mail.
    """
    choice = db.session.scalar(
        select(DigestChoice)
        .where(DigestChoice.id == choice_id)
        .with_for_update(of=DigestChoice)
        .execution_options(populate_existing=True)
    )
    now = clock.now(db.session())
    if choice is None or choice.due_at > now or choice.pace is Pace.NEVER:
        return False
    language, next_mail = choice.user.language, now + choice.pace.length
    with force_locale(language):
        news = news_of(Span(choice.parliament, choice.told_until, now, next_mail, language))
        choice.told_until, choice.due_at = now, next_mail
        if news:
            _post(choice, news)
    return bool(news)


def _post(choice: DigestChoice, news: list[News]) -> None:
    name = plain(choice.parliament.names)
    end_here = following.end_address(choice.user, choice, choice.user.language)
    body = render_template("emails/news.txt", news=news, end_here=end_here)
    subject = _("What is new: %(parliament)s", parliament=name)[: following.SUBJECT_LENGTH]
    post(choice.user.email, subject, body, unsubscribe=end_here)


def _choice(user: User, parliament: Parliament, *, lock: bool = False) -> DigestChoice | None:
    query = select(DigestChoice).where(
        DigestChoice.user_id == user.id, DigestChoice.parliament_id == parliament.id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)
