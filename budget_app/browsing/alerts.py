"""One mail a day, or a week, of what is new in saved searches, followed rounds and hearings."""

from datetime import datetime

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.browsing import following
from budget_app.browsing.finding import Wanted, new_in
from budget_app.browsing.happened import Span, answered_in, hearings_to_come
from budget_app.browsing.models import AlertPlan, Following, Pace, SavedSearch
from budget_app.browsing.news import News
from budget_app.extensions import db
from budget_app.mailing.outbox import post
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from voting import clock

MOST_SEARCHES = 30
MOST_TOLD = 20
"""Of one search: the page shows the rest."""


def save(user: User, round_: Round, name: str, wanted: Wanted) -> SavedSearch:
    """Keep a search by a name; raises `InvalidField` when the name is taken or there are too many."""
    accounts.one_at_a_time(user)
    mine = searches_of(user)
    if any(s.name == name and s.round_id == round_.id for s in mine):
        raise InvalidField("name", _("You have a search of this name already."))
    if len(mine) >= MOST_SEARCHES:
        raise InvalidField("name", _("Remove one of your saved searches first: there are many."))
    saved = SavedSearch(
        user_id=user.id,
        round_=round_,
        name=name,
        terms=wanted.terms(),
        created_at=clock.now(db.session()),
    )
    db.session.add(saved)
    following.ensure_plan(user)
    return saved


def searches_of(user: User) -> list[SavedSearch]:
    return list(
        db.session.scalars(
            select(SavedSearch).where(SavedSearch.user_id == user.id).order_by(SavedSearch.id)
        )
    )


def followed_by(user: User) -> list[Following]:
    return list(
        db.session.scalars(
            select(Following).where(Following.user_id == user.id).order_by(Following.id)
        )
    )


def set_pace(user: User, pace: Pace) -> None:
    plan = following.ensure_plan(user)
    if plan.pace is Pace.NEVER:  # what happened meanwhile is not told afterwards
        plan.told_until = clock.now(db.session())
    plan.pace = pace
    plan.due_at = max(plan.told_until, clock.now(db.session()) - pace.length) + pace.length


def due() -> list[int]:
    """Whose mail of news is due now."""
    return list(
        db.session.scalars(
            select(AlertPlan.user_id).where(
                AlertPlan.due_at <= clock.now(db.session()), AlertPlan.pace != Pace.NEVER
            )
        )
    )


def tell(user_id: int) -> bool:
    """Mail what is new since the last time, and plan the next: both or neither.

    The row's lock, and its date, keep two workers from two mails. Nothing new, no mail.
    """
    plan = db.session.scalar(
        select(AlertPlan)
        .where(AlertPlan.user_id == user_id)
        .with_for_update(of=AlertPlan)
        .execution_options(populate_existing=True)
    )
    now = clock.now(db.session())
    if plan is None or plan.due_at > now or plan.pace is Pace.NEVER:
        return False
    news = _news(plan, now)
    plan.told_until, plan.due_at = now, now + plan.pace.length
    if news:
        _post(plan, news)
    return bool(news)


def _news(plan: AlertPlan, now: datetime) -> list[News]:
    user = plan.user
    with force_locale(user.language):
        found = [_of_search(s, plan, now) for s in searches_of(user)]
        for followed in followed_by(user):
            found += _of_followed(followed.thing, plan, now)
    return [news for news in found if news.told]


def _of_followed(thing: following.Followed, plan: AlertPlan, now: datetime) -> list[News]:
    """Of a proposal nothing: what happens to it is told at once."""
    if isinstance(thing, Proposal):
        return []
    next_mail = now + plan.pace.length
    span = Span(thing.parliament, plan.told_until, now, next_mail, plan.user.language, thing)
    if isinstance(thing, Round):
        return [_decided_in(thing, plan, now), answered_in(thing, span)]
    return [hearings_to_come(span), answered_in(thing, span)]


def _of_search(saved: SavedSearch, plan: AlertPlan, now: datetime) -> News:
    since = max(plan.told_until, saved.created_at)
    new = new_in(saved.round_, Wanted.from_terms(saved.terms), since, now)
    return _told(_("New in “%(name)s”", name=saved.name), new, plan.user)


def _decided_in(round_: Round, plan: AlertPlan, now: datetime) -> News:
    decided = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.round_id == round_.id,
            Proposal.state.in_((ProposalState.ACCEPTED, ProposalState.REJECTED)),
            Proposal.reviewed_at > plan.told_until,
            Proposal.reviewed_at <= now,
        )
        .order_by(Proposal.reviewed_at, Proposal.id)
    ).all()
    heading = _("Decided in “%(round)s”", round=plain(round_.titles))
    return _told(heading, list(decided), plan.user)


def _told(heading: str, proposals: list[Proposal], user: User) -> News:
    told = [(p.title, following.page_of(p, user.language)) for p in proposals[:MOST_TOLD]]
    return News(heading, told, max(len(proposals) - MOST_TOLD, 0))


def _post(plan: AlertPlan, news: list[News]) -> None:
    user = plan.user
    end_here = following.end_address(user, plan, user.language)
    with force_locale(user.language):
        body = render_template("emails/news.txt", news=news, end_here=end_here)
        post(user.email, _("What is new in what you follow"), body, unsubscribe=end_here)
