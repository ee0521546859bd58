"""Reading what moderators have before them, and what everybody may read of what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.deliberation.models import (
    AppealState,
    Comment,
    CommentState,
    Decision,
    Report,
    Rule,
    Thread,
    Verdict,
)
from budget_app.extensions import db
from budget_app.hearings.models import HearingQuestion
from budget_app.parliaments.models import Parliament

A_PAGE = 50
LATELY = 5

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Case:
    """A reported comment: how many reports wait, and since when."""

    comment: Comment
    reports: int
    since: datetime


@dataclass(frozen=True)
class Waiting:
    """What waits for one moderator."""

    reports: int
    since: datetime | None
    appeals: int
    appeals_since: datetime | None


@access.loader("decision_id", gives="decision")
def load_decision(loaded: Loaded, number: Any) -> Decision | None:
    """A removal of the parliament."""
    return _decision(loaded["parliament"], number, Verdict.HIDDEN)


@access.loader("kept_id", gives="decision")
def load_kept(loaded: Loaded, number: Any) -> Decision | None:
    """That a reported comment of the parliament was kept; among moderators only."""
    return _decision(loaded["parliament"], number, Verdict.KEPT)


def _decision(parliament: Parliament, number: Any, verdict: Verdict) -> Decision | None:
    return db.session.scalar(
        select(Decision).where(
            Decision.id == number,
            Decision.parliament_id == parliament.id,
            Decision.verdict == verdict,
        )
    )


def _open_reports(parliament: Parliament, moderator: User) -> tuple[Any, ...]:
    """Reports that wait for anybody but the comment's author."""
    return (
        Thread.parliament_id == parliament.id,
        Report.decision_id.is_(None),
        Comment.state == CommentState.VISIBLE,
        Comment.author_id != moderator.id,
    )


def queue(parliament: Parliament, moderator: User, page: int) -> tuple[list[Case], int]:
    """One page of the reported comments, the longest waiting first, and the number of pages."""
    waiting = (
        select(Report.comment_id, func.count().label("reports"), func.min(Report.at).label("since"))
        .join(Comment, Report.comment_id == Comment.id)
        .join(Thread, Comment.thread_id == Thread.id)
        .where(*_open_reports(parliament, moderator))
        .group_by(Report.comment_id)
    )
    total = db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    each = waiting.subquery()
    rows = db.session.execute(
        select(Comment, each.c.reports, each.c.since)
        .join(each, Comment.id == each.c.comment_id)
        .order_by(each.c.since, Comment.id)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    )
    return [Case(*row) for row in rows], -(-total // A_PAGE)


def _open_appeals(
    query: Select[*Columns], parliament: Parliament, moderator: User
) -> Select[*Columns]:
    """Of `query`, which selects from decisions, what this moderator may decide."""
    author = func.coalesce(Comment.author_id, HearingQuestion.author_id)
    return (
        query.outerjoin(Comment, Decision.comment_id == Comment.id)
        .outerjoin(HearingQuestion, Decision.question_id == HearingQuestion.id)
        .where(
            Decision.parliament_id == parliament.id,
            Decision.appeal == AppealState.OPEN,
            Decision.restored_at.is_(None),
            Decision.by_id != moderator.id,
            author != moderator.id,
        )
    )


def appeals(parliament: Parliament, moderator: User) -> Sequence[Decision]:
    """The appeals that this moderator may decide, the longest waiting first."""
    return db.session.scalars(
        _open_appeals(select(Decision), parliament, moderator)
        .order_by(Decision.appealed_at, Decision.id)
        .limit(A_PAGE)
    ).all()


def waiting_for(parliament: Parliament, moderator: User) -> Waiting:
    """How much waits for a moderator, and since when."""
    reports, since = db.session.execute(
        select(func.count(), func.min(Report.at))
        .select_from(Report)
        .join(Comment, Report.comment_id == Comment.id)
        .join(Thread, Comment.thread_id == Thread.id)
        .where(*_open_reports(parliament, moderator))
    ).one()
    number, oldest = db.session.execute(
        _open_appeals(
            select(func.count(), func.min(Decision.appealed_at)).select_from(Decision),
            parliament,
            moderator,
        )
    ).one()
    return Waiting(reports, since, number, oldest)


def open_reports(comment: Comment) -> Sequence[Report]:
    """What waits for a decision about one comment, oldest first."""
    return db.session.scalars(
        select(Report)
        .where(Report.comment_id == comment.id, Report.decision_id.is_(None))
        .order_by(Report.at, Report.id)
    ).all()


def parent_of(comment: Comment) -> Comment | None:
    """The comment that a reply answers."""
    return db.session.get(Comment, comment.parent_id) if comment.parent_id else None


def decisions_about(comment: Comment) -> Sequence[Decision]:
    """What was decided about one comment, newest first."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.comment_id == comment.id)
        .order_by(Decision.at.desc(), Decision.id.desc())
    ).all()


def removals(parliament: Parliament, page: int) -> Pagination:
    """One page of the public log of removals, newest first."""
    query = (
        select(Decision)
        .where(Decision.parliament_id == parliament.id, Decision.verdict == Verdict.HIDDEN)
        .order_by(Decision.at.desc(), Decision.id.desc())
    )
    return db.paginate(query, page=page, per_page=A_PAGE, error_out=False)


def decided_lately(parliament: Parliament, moderator: User) -> Sequence[Decision]:
    """The last decisions of a moderator that can still be taken back, the newest first."""
    kept = (Decision.verdict == Verdict.KEPT) & (Comment.state == CommentState.VISIBLE)
    return db.session.scalars(
        select(Decision)
        .outerjoin(Comment, Decision.comment_id == Comment.id)
        .where(
            Decision.parliament_id == parliament.id,
            Decision.by_id == moderator.id,
            kept | (Decision.verdict == Verdict.HIDDEN),
            Decision.restored_at.is_(None),
            Decision.appeal.in_((AppealState.NONE, AppealState.OPEN)),
        )
        .order_by(Decision.at.desc(), Decision.id.desc())
        .limit(LATELY)
    ).all()


@dataclass(frozen=True)
class OfRule:
    """How often a rule removed words, and how often some came back, and by what."""

    rule: Rule
    removed: int
    on_appeal: int
    by_mistake: int


def removals_by_rule(parliament: Parliament) -> list[OfRule]:
    mistaken = Decision.restored_at.is_not(None)
    rows = db.session.execute(
        select(Decision.rule, Decision.appeal, mistaken.label("mistaken"), func.count())
        .where(Decision.parliament_id == parliament.id, Decision.verdict == Verdict.HIDDEN)
        .group_by(Decision.rule, Decision.appeal, mistaken)
    ).all()
    return [
        OfRule(
            rule,
            removed=sum(number for found, *_which, number in rows if found == rule),
            on_appeal=sum(
                number
                for found, appeal, _mistaken, number in rows
                if found == rule and appeal is AppealState.UPHELD
            ),
            by_mistake=sum(
                number for found, _appeal, gone, number in rows if found == rule and gone
            ),
        )
        for rule in Rule
    ]
