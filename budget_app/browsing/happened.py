"""What is new in the announced rounds of a parliament, in one of them, or in a hearing, between two moments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from budget_app.browsing.following import page_of
from budget_app.browsing.news import News
from budget_app.deliberation.models import Comment, CommentState, Thread
from budget_app.deliberation.subjects import Subject, subject_of
from budget_app.extensions import db
from budget_app.feedback.models import Answer, Survey
from budget_app.feedback.survey_queries import is_open
from budget_app.hearings.models import Hearing, HearingQuestion, HearingState
from budget_app.mailing.outbox import address
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import bounded, date
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
    """Where and when to look: after `since`, up to `until`; addresses are in `language`.

    `within` a round only that one and its hearings, within a hearing that alone, else everything in
    the parliament.
    """

    parliament: Parliament
    since: datetime
    until: datetime
    next_mail: datetime
    language: str
    within: Round | Hearing | None = None

    def holds(self, at: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[bool]:
        return (at > self.since) & (at <= self.until)

    @property
    def is_here(self) -> ColumnElement[bool]:
        announced = (Round.parliament_id == self.parliament.id) & (Round.state != RoundState.DRAFT)
        if isinstance(self.within, Hearing):
            return false()
        return announced if self.within is None else announced & (Round.id == self.within.id)

    @property
    def is_heard_here(self) -> ColumnElement[bool]:
        """Of a hearing, with its round joined if it has one."""
        if isinstance(self.within, Hearing):
            return Hearing.id == self.within.id
        if self.within is not None:
            return self.is_here
        of_parliament = Hearing.parliament_id == self.parliament.id
        return of_parliament & (Hearing.round_id.is_(None) | (Round.state != RoundState.DRAFT))

    def page(self, endpoint: str, round_: Round, **parts: int) -> str:
        place: dict[str, str | int] = {"parliament": round_.parliament.slug, **parts}
        return address(endpoint, language=self.language, round_slug=round_.slug, **place)


def news_of(span: Span) -> list[News]:
    """One piece for each kind of news that there is, in the language of the present locale."""
    return [news for news in (kind(span) for kind in KINDS) if news.told]


def answered_in(thing: Round | Hearing, span: Span) -> News:
    """All that officials answered in a round and its hearings, or in one, under one heading."""
    found = [kind(span) for kind in (_answers, _questions, _replies, _replies_elsewhere)]
    heading = _("Answered in “%(round)s”", round=plain(thing.titles))
    told = [line for news in found for line in news.told]
    return News(heading, told, sum(news.more for news in found))


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
    query = _of_round(Proposal).where(
        span.is_here, Proposal.state.in_(PUBLIC), Proposal.id.in_(_replied(span, "proposal_id"))
    )
    found, number = _newest(query, Proposal.id, Proposal.id, *ALONE)
    heading = ngettext(
        "An official answered under %(num)s proposal",
        "Officials answered under %(num)s proposals",
        number,
    )
    return _told(heading, [(p.title, page_of(p, span.language)) for p in found], number)


def _replied(span: Span, key: str) -> Select[Any]:
    """The numbers of what got an official reply that can be read; `key` points to it."""
    return (
        select(getattr(Thread, key))
        .join(Comment, Comment.thread_id == Thread.id)
        .where(
            Comment.office.is_not(None),
            Comment.state == CommentState.VISIBLE,
            span.holds(Comment.created_at),
        )
    )


def _replies_elsewhere(span: Span) -> News:
    """Among the comments on rounds and hearings."""
    rounds = select(Round).where(span.is_here, Round.id.in_(_replied(span, "round_id")))
    hearings = _hearings_here(span).where(
        Hearing.state.not_in((HearingState.DRAFT, HearingState.CANCELLED)),
        Hearing.id.in_(_replied(span, "hearing_id")),
    )
    found: list[Round | Hearing] = []
    number = 0
    for query, of in ((rounds, Round), (hearings, Hearing)):
        some, total = _newest(query, of.id, of.id)
        found, number = [*found, *some], number + total
    told = [
        (plain(each.titles), _page(subject_of(each), span, "deliberation.index")) for each in found
    ]
    return _told(_("Officials answered comments on rounds and hearings"), told, number)


def _questions(span: Span) -> News:
    """How many questions were answered in each hearing."""
    answers = (
        select(HearingQuestion.hearing_id, func.count().label("number"))
        .where(~HearingQuestion.hidden, span.holds(HearingQuestion.answered_at))
        .group_by(HearingQuestion.hearing_id)
        .subquery()
    )
    query = _hearings_here(span).join(answers, answers.c.hearing_id == Hearing.id)
    found, number = _newest(query, Hearing.starts, Hearing.id)
    shown = answers.c.hearing_id.in_([each.id for each in found])
    rows = db.session.execute(select(answers.c.hearing_id, answers.c.number).where(shown))
    counts = dict(iter(rows))
    told = [
        (
            ngettext(
                "%(hearing)s: %(num)s question was answered",
                "%(hearing)s: %(num)s questions were answered",
                counts[each.id],
                hearing=plain(each.titles),
            ),
            _page(subject_of(each), span),
        )
        for each in found
    ]
    return _told(_("Answered in hearings"), told, number)


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
    told = [
        (plain(each.titles), _page(each.subject, span, "feedback.survey", survey_id=each.id))
        for each in found
    ]
    return _told(_("Surveys that you can answer"), told, number)


def _page(subject: Subject, span: Span, endpoint: str = "", **parts: int) -> str:
    """An address below a proposal, a round or a hearing; without `endpoint` its own page."""
    place = {"language": span.language, "parliament": subject.parliament.slug, **subject.parts}
    return address(endpoint or subject.page, **place, **parts)


def _hearings_here(span: Span) -> Select[Any]:
    joined = select(Hearing).outerjoin(Round, Hearing.round_id == Round.id)
    return joined.where(span.is_heard_here)


def hearings_to_come(span: Span) -> News:
    """Those newly called or moved, and those that are before the next mail."""
    query = _hearings_here(span).where(
        Hearing.state == HearingState.PLANNED,
        Hearing.starts > span.until,
        or_(span.holds(Hearing.changed_at), Hearing.starts <= span.next_mail),
    )
    found, number = _newest(query, Hearing.starts, Hearing.id)
    zone, place = span.parliament.zone, {"parliament": span.parliament.slug}
    told = [
        (
            f"{date(bounded(each.starts).astimezone(zone).date(), 'long')}: {plain(each.titles)}",
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
    hearings_to_come,
    _surveys,
    _answers,
    _questions,
    _decisions,
    _replies,
    _replies_elsewhere,
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
