"""What is new in the announced rounds of a parliament, between two moments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from budget_app.administration.outbox import address
from budget_app.browsing.alerts import News
from budget_app.browsing.following import page_of
from budget_app.deliberation.models import Comment, CommentState, Thread
from budget_app.extensions import db
from budget_app.feedback.models import Answer, Survey
from budget_app.feedback.survey_queries import is_open
from budget_app.hearings.models import Hearing, HearingState
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import bounded
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.proposals.queries import PUBLIC
from budget_app.results.models import Count, CountState
from budget_app.rounds.models import Round, RoundState

MOST = 10
"""Of one kind: the pages show the rest."""

ALONE = (lazyload(Proposal.author), lazyload(Proposal.pictures), lazyload(Proposal.district))
"""A mail needs titles only."""


@dataclass(frozen=True)
class Span:
    """Where and when to look: after `since`, up to `until`; addresses are in `language`."""

    parliament: Parliament
    since: datetime
    until: datetime
    next_mail: datetime
    language: str

    def holds(self, at: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[bool]:
        return (at > self.since) & (at <= self.until)

    @property
    def is_here(self) -> ColumnElement[bool]:
        return (Round.parliament_id == self.parliament.id) & (Round.state != RoundState.DRAFT)

    def page(self, endpoint: str, round_: Round, **parts: int) -> str:
        place: dict[str, str | int] = {"parliament": round_.parliament.slug, **parts}
        return address(endpoint, language=self.language, round_slug=round_.slug, **place)


def news_of(span: Span) -> list[News]:
    """One piece for each kind of news that there is, in the language of the present locale."""
    return [news for news in (kind(span) for kind in KINDS) if news.proposals]


def _proposals(span: Span) -> News:
    query = _of_round(Proposal).where(
        span.is_here, Proposal.state.in_(PUBLIC), span.holds(Proposal.submitted_at)
    )
    found, number = _newest(query, Proposal.submitted_at, Proposal.id, *ALONE)
    heading = ngettext("%(num)s new proposal", "%(num)s new proposals", number)
    return _told(heading, [(p.title, page_of(p, span.language)) for p in found], number)


def _decisions(span: Span) -> News:
    query = _of_round(Proposal).where(
        span.is_here,
        Proposal.state.in_((ProposalState.ACCEPTED, ProposalState.REJECTED)),
        span.holds(Proposal.reviewed_at),
    )
    found, number = _newest(query, Proposal.reviewed_at, Proposal.id, *ALONE)
    words = {ProposalState.ACCEPTED: _("accepted"), ProposalState.REJECTED: _("not accepted")}
    told = [(f"{p.title} ({words[p.state]})", page_of(p, span.language)) for p in found]
    heading = ngettext("%(num)s proposal was decided", "%(num)s proposals were decided", number)
    return _told(heading, told, number)


def _replies(span: Span) -> News:
    replied = (
        select(Thread.proposal_id)
        .join(Comment, Comment.thread_id == Thread.id)
        .where(
            Comment.office.is_not(None),
            Comment.state == CommentState.VISIBLE,
            span.holds(Comment.created_at),
        )
    )
    query = _of_round(Proposal).where(
        span.is_here, Proposal.state.in_(PUBLIC), Proposal.id.in_(replied)
    )
    found, number = _newest(query, Proposal.id, Proposal.id, *ALONE)
    heading = ngettext(
        "An official answered under %(num)s proposal",
        "Officials answered under %(num)s proposals",
        number,
    )
    return _told(heading, [(p.title, page_of(p, span.language)) for p in found], number)


def _answers(span: Span) -> News:
    query = _of_round(Answer).where(span.is_here, span.holds(Answer.at))
    found, number = _newest(query, Answer.at, Answer.id)
    told = [
        (plain(each.said), f"{span.page('feedback.show', each.round_)}#answer-{each.id}")
        for each in found
    ]
    return _told(_("You said, we did"), told, number)


def _surveys(span: Span) -> News:
    """Of rounds and of hearings; what waited for a hearing opened with its end."""
    opened = func.coalesce(Survey.opened_at, Hearing.ended_at)
    query = (
        select(Survey)
        .outerjoin(Round, Survey.round_id == Round.id)
        .outerjoin(Hearing, Survey.hearing_id == Hearing.id)
        .where(
            or_(span.is_here, Hearing.parliament_id == span.parliament.id),
            is_open(),
            span.holds(opened),
        )
    )
    found, number = _newest(query, opened, Survey.id)
    told = [(plain(each.titles), _survey_page(each, span.language)) for each in found]
    return _told(_("Surveys that you can answer"), told, number)


def _survey_page(survey: Survey, language: str) -> str:
    subject = survey.subject
    place = {"language": language, "parliament": subject.parliament.slug, **subject.parts}
    return address("feedback.survey", survey_id=survey.id, **place)


def _hearings(span: Span) -> News:
    """Those newly called or moved, and those that are before the next mail."""
    query = (
        select(Hearing)
        .outerjoin(Round, Hearing.round_id == Round.id)
        .where(
            Hearing.parliament_id == span.parliament.id,
            or_(Hearing.round_id.is_(None), Round.state != RoundState.DRAFT),
            Hearing.state == HearingState.PLANNED,
            Hearing.starts > span.until,
            or_(span.holds(Hearing.changed_at), Hearing.starts <= span.next_mail),
        )
    )
    found, number = _newest(query, Hearing.starts, Hearing.id)
    zone, place = span.parliament.zone, {"parliament": span.parliament.slug}
    told = [
        (
            f"{format_date(bounded(each.starts).astimezone(zone), 'long', locale=get_locale())}: "
            + plain(each.titles),
            address("hearings.show", language=span.language, hearing_id=each.id, **place),
        )
        for each in reversed(found)
    ]
    return _told(_("Hearings to come"), told, number)


def _results(span: Span) -> News:
    query = _of_round(Count).where(
        span.is_here, Count.state != CountState.ANNULLED, span.holds(Count.counted_at)
    )
    found, number = _newest(query, Count.counted_at, Count.id)
    told = [(plain(each.round_.titles), span.page("results.show", each.round_)) for each in found]
    return _told(_("Results"), told, number)


KINDS: tuple[Callable[[Span], News], ...] = (
    _results,
    _hearings,
    _surveys,
    _answers,
    _decisions,
    _replies,
    _proposals,
)
"""What asks for an act of the reader, or ends something, comes first."""


def _of_round(table: type[Any]) -> Select[Any]:
    return select(table).join(Round, table.round_id == Round.id)


def _newest(query: Select[Any], at: Any, number: Any, *options: Any) -> tuple[Sequence[Any], int]:
    """The first of what is found, the newest first, and how many there are."""
    ids = query.with_only_columns(number).subquery()
    total = db.session.scalar(select(func.count()).select_from(ids)) or 0
    newest = query.order_by(at.desc(), number.desc()).limit(MOST).options(*options)
    return db.session.scalars(newest).all() if total else [], total


def _told(heading: str, told: list[tuple[str, str]], number: int) -> News:
    return News(heading, told, number - len(told))
