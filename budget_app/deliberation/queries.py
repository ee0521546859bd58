"""Reading a thread: one page of comments with their replies, in a number of queries that is fixed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_login import current_user
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.deliberation.models import (
    Comment,
    CommentState,
    CommentTranslation,
    CommentVote,
    Decision,
    Report,
    Stance,
    Thread,
    Verdict,
)
from budget_app.deliberation.ordering import Order, Ranked, arranged
from budget_app.deliberation.subjects import Subject, subject_in
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament

A_PAGE = 30
FEW = 3
"""Replies shown below a comment in the thread; the comment's own page has all."""


@access.loader("comment_id", gives="comment")
def load_comment(loaded: Loaded, number: Any) -> Comment | None:
    """Below a subject one of its own comments, else one of the parliament's; none without words."""
    query = select(Comment).join(Thread, Comment.thread_id == Thread.id).where(Comment.id == number)
    subject = subject_in(loaded)
    if subject is not None:
        query = query.where(_is_about(subject))
    parliament: Parliament = loaded["parliament"]
    return db.session.scalar(query.where(Thread.parliament_id == parliament.id, _is_shown()))


def _is_about(subject: Subject) -> Any:
    return getattr(Thread, subject.key) == subject.number


def _is_shown() -> Any:
    """What its author removed is shown only as the place where replies hang."""
    reply = aliased(Comment)
    answered = (
        select(reply.id)
        .where(reply.parent_id == Comment.id, reply.state != CommentState.REMOVED)
        .exists()
    )
    return or_(Comment.state != CommentState.REMOVED, and_(Comment.parent_id.is_(None), answered))


@dataclass(frozen=True)
class Shown:
    """Comments of one page, and all that is shown beside each, by the comment's number."""

    comments: Sequence[Comment] = ()
    replies: Mapping[int, Sequence[Comment]] = field(default_factory=dict)
    reply_counts: Mapping[int, int] = field(default_factory=dict)
    votes: Mapping[int, bool] = field(default_factory=dict)
    reported: Collection[int] = ()
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    translations: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Discussion:
    """One page of a thread; official replies stand above the first page.

    `counts` are of what can be read; `places` also has what is hidden or was removed.
    """

    subject: Subject
    order: Order
    page: int
    pages: int
    places: int
    counts: Mapping[Stance, int]
    shown: Shown
    official: Sequence[Comment] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def sides(self) -> list[Comment]:
        """What this page has for and against, in turn."""
        return [c for c in self.shown.comments if c.stance is not Stance.NEUTRAL]

    @property
    def remarks(self) -> list[Comment]:
        """What this page has that takes no side."""
        return [c for c in self.shown.comments if c.stance is Stance.NEUTRAL]


def discussion(subject: Subject, order: Order, page: int, language: str) -> Discussion:
    """Page `page` of what was said about a subject; translations into `language`."""
    ranked = _ranked(subject, official=False)
    ids = arranged(ranked, order)
    pages = max(-(-len(ids) // A_PAGE), 1)
    wanted = ids[(page - 1) * A_PAGE : page * A_PAGE]
    official = [each.id for each in _ranked(subject, official=True)] if page == 1 else []
    found = {c.id: c for c in _by_ids([*wanted, *official])}
    stances = [each.stance for each in ranked if each.is_visible]
    counts = {stance: stances.count(stance) for stance in Stance}
    return Discussion(
        subject=subject,
        order=order,
        page=page,
        pages=pages,
        places=len(ids),
        counts=counts,
        shown=beside([found[number] for number in wanted], language, also=found.values()),
        official=[found[number] for number in official],
    )


def _top(subject: Subject, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(Thread, Comment.thread_id == Thread.id)
        .where(_is_about(subject), Comment.parent_id.is_(None), _is_shown())
    )


def _ranked(subject: Subject, *, official: bool) -> list[Ranked]:
    """What decides the places of all comments of a thread; official ones in the order of writing."""
    columns = (
        Comment.id,
        Comment.stance,
        Comment.score,
        Comment.not_useful,
        Comment.created_at,
        Comment.state == CommentState.VISIBLE,
    )
    is_official = Comment.office.is_not(None)
    query = _top(subject, *columns).where(is_official if official else ~is_official)
    return [Ranked(*row) for row in db.session.execute(query.order_by(Comment.id))]


def number_of_comments(subject: Subject) -> int:
    """How many comments everybody can read, without replies and official words."""
    return sum(each.is_visible for each in _ranked(subject, official=False))


def _by_ids(ids: Sequence[int]) -> Sequence[Comment]:
    if not ids:
        return ()
    return db.session.scalars(select(Comment).where(Comment.id.in_(ids))).all()


def beside(comments: Sequence[Comment], language: str, also: Iterable[Comment] = ()) -> Shown:
    """`comments` with their first replies; what stands beside these and those of `also`."""
    tops = {c.id for c in (*comments, *also) if c.parent_id is None}
    replies, counts = _first_replies(tops)
    ids = {c.id for c in (*comments, *also)} | {c.id for some in replies.values() for c in some}
    return Shown(
        comments=comments,
        replies=replies,
        reply_counts=counts,
        votes=_own_votes(ids),
        reported=_own_reports(ids),
        decisions=_hidden_by(ids),
        translations=_translations(ids, language),
    )


def _first_replies(parents: set[int]) -> tuple[dict[int, list[Comment]], dict[int, int]]:
    if not parents:
        return {}, {}
    each = Comment.parent_id
    numbered = (
        select(
            Comment.id,
            func.row_number()
            .over(partition_by=each, order_by=(Comment.created_at, Comment.id))
            .label("place"),
            func.count().over(partition_by=each).label("number"),
        )
        .where(each.in_(parents), Comment.state != CommentState.REMOVED)
        .subquery()
    )
    rows = db.session.execute(
        select(Comment, numbered.c.number)
        .join(numbered, Comment.id == numbered.c.id)
        .where(numbered.c.place <= FEW)
        .order_by(Comment.created_at, Comment.id)
    )
    found: dict[int, list[Comment]] = {}
    counts: dict[int, int] = {}
    for reply, number in rows:
        found.setdefault(reply.parent_id, []).append(reply)
        counts[reply.parent_id] = number
    return found, counts


def _own_votes(ids: set[int]) -> dict[int, bool]:
    if not ids or not current_user.is_authenticated:
        return {}
    query = select(CommentVote.comment_id, CommentVote.useful).where(
        CommentVote.comment_id.in_(ids), CommentVote.user_id == current_user.id
    )
    return {row.comment_id: row.useful for row in db.session.execute(query)}


def _own_reports(ids: set[int]) -> set[int]:
    if not ids or not current_user.is_authenticated:
        return set()
    query = select(Report.comment_id).where(
        Report.comment_id.in_(ids), Report.reporter_id == current_user.id
    )
    return set(db.session.scalars(query))


def _hidden_by(ids: set[int]) -> dict[int, Decision]:
    """The decision by which each hidden comment is out of sight."""
    if not ids:
        return {}
    query = (
        select(Decision)
        .join(Comment, Decision.comment_id == Comment.id)
        .where(
            Comment.id.in_(ids),
            Comment.state == CommentState.HIDDEN,
            Decision.verdict == Verdict.HIDDEN,
        )
        .order_by(Decision.id)
    )
    found = db.session.scalars(query)
    return {decision.comment_id: decision for decision in found if decision.comment_id}


def _translations(ids: set[int], language: str) -> dict[int, str]:
    if not ids:
        return {}
    query = select(CommentTranslation.comment_id, CommentTranslation.text).where(
        CommentTranslation.comment_id.in_(ids), CommentTranslation.language == language
    )
    return {row.comment_id: row.text for row in db.session.execute(query)}


def replies_of(comment: Comment, page: int) -> tuple[Sequence[Comment], int]:
    """One page of the replies to a comment, in the order of writing, and the number of pages."""
    query = (
        select(Comment)
        .where(Comment.parent_id == comment.id, Comment.state != CommentState.REMOVED)
        .order_by(Comment.created_at, Comment.id)
    )
    found = db.paginate(query, page=page, per_page=A_PAGE, error_out=False)
    return found.items, found.pages


def page_of(comment: Comment) -> int:
    """The page on which a comment stands: of its thread in fair order, a reply of its comment."""
    if comment.parent_id is None:
        if comment.is_official:
            return 1
        ids = arranged(_ranked(comment.thread.subject, official=False), Order.FAIR)
        return ids.index(comment.id) // A_PAGE + 1 if comment.id in ids else 1
    earlier = select(func.count()).where(
        Comment.parent_id == comment.parent_id,
        Comment.state != CommentState.REMOVED,
        or_(
            Comment.created_at < comment.created_at,
            and_(Comment.created_at == comment.created_at, Comment.id < comment.id),
        ),
    )
    return (db.session.scalar(earlier) or 0) // A_PAGE + 1


def is_author(comment: Comment, user: User | Any) -> bool:
    return bool(user.is_authenticated) and comment.author_id == user.id
