"""The verbs of moderation: reported by anybody, decided by a moderator, appealed once by the author."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from budget_app.accounts.models import User
from budget_app.deliberation import errors
from budget_app.deliberation.explanations import refuse_revealing
from budget_app.deliberation.models import (
    AppealState,
    Comment,
    CommentState,
    Decision,
    Report,
    Rule,
    Verdict,
)
from budget_app.deliberation.rules import NAMES
from budget_app.deliberation.services import lock
from budget_app.extensions import db
from budget_app.hearings.acts import note, touch
from budget_app.mailing.outbox import address
from budget_app.mailing.outbox import post as post_mail
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import RoundError
from voting import clock


@dataclass(frozen=True)
class Explained:
    """Words that are published with a decision, and their language."""

    words: str
    language: str


def report(comment: Comment, rule: Rule, words: str, *, by: User) -> None:
    """Say that a comment breaks a rule; a second report by the same person changes the first.

    Raises `NotThere`, `OwnReport`, or `ReportDecided` when the first one was decided.
    """
    lock(comment)
    if not comment.is_visible:
        raise errors.NotThere
    if comment.author_id == by.id:
        raise errors.OwnReport
    row = db.session.scalar(
        select(Report).where(Report.comment_id == comment.id, Report.reporter_id == by.id)
    ) or Report(comment_id=comment.id, reporter_id=by.id)
    if row.decision_id is not None:
        raise errors.ReportDecided
    row.rule, row.words, row.at = rule, words, clock.now(db.session())
    db.session.add(row)


def keep(comment: Comment, *, by: User) -> Decision:
    """Decide that a comment breaks no rule; who reported it is told."""
    decision = _decide(comment, by, Verdict.KEPT)
    _record(Act.COMMENT_KEPT, decision, by)
    _tell_reporters(decision)
    return decision


def hide(comment: Comment, rule: Rule, explained: Explained, *, by: User) -> Decision:
    """Take a comment out of sight, with its rule and an explanation; author and reporters are told.

    Raises `NothingReported`, `OwnModeration`, or `InvalidField` when the explanation, which is
    published, names the author or repeats what is removed.
    """
    refuse_revealing(comment.author, comment.text, explained.words)
    decision = _decide(
        comment,
        by,
        Verdict.HIDDEN,
        rule=rule,
        explanation=explained.words,
        language=explained.language,
    )
    comment.state = CommentState.HIDDEN
    _record(Act.COMMENT_HIDDEN, decision, by)
    tell_author(decision, _l("Your comment was removed"), "comment_hidden")
    _tell_reporters(decision)
    return decision


def restore(decision: Decision, *, by: User) -> None:
    """Take back a removal made by mistake: the comment is back, and its reports wait again.

    The decision stays in the public log, marked; the author is told. Pressed twice it is done once.

    Raises `OwnModeration` or `NothingToRestore`.
    """
    if not _stands(decision, by, errors.NothingToRestore):
        return
    take_back(decision, by=by)
    _reopen_reports(decision)
    _record(Act.COMMENT_RESTORED, decision, by)
    tell_author(decision, _l("Your comment is back"), "comment_restored")


def take_back(decision: Decision, *, by: User) -> None:
    """Show the words again, and mark the decision as a mistake of the office."""
    _mark_mistaken(decision, by)
    _restore(decision)


def reopen(decision: Decision, *, by: User) -> None:
    """Take back that a comment was kept: its reports wait again, and who made them is told.

    The decision stays beside the comment, marked. Pressed twice it is done once.

    Raises `OwnModeration` or `NothingToReopen`.
    """
    if not _stands(decision, by, errors.NothingToReopen):
        return
    _mark_mistaken(decision, by)
    _record(Act.COMMENT_REOPENED, decision, by)
    _tell_reporters(decision)
    _reopen_reports(decision)


def _stands(decision: Decision, by: User, refusal: type[RoundError]) -> bool:
    """Lock what `by` takes back: False where that was done already.

    Raises `OwnModeration`, or `refusal` where it cannot be taken back any more.
    """
    lock_decision(decision)
    if by.id == decision.author.id:
        raise errors.OwnModeration
    if decision.restored_at is None and not decision.can_be_taken_back:
        raise refusal
    return decision.restored_at is None


def _mark_mistaken(decision: Decision, by: User) -> None:
    decision.restored_at = clock.now(db.session())
    decision.restored_by_id, decision.restored_office = by.id, by.office


def _reopen_reports(decision: Decision) -> None:
    db.session.execute(
        update(Report).where(Report.decision_id == decision.id).values(decision_id=None)
    )


def appeal(decision: Decision, words: str, *, by: User) -> None:
    """Ask once that another official looks at it; raises `NoAppeal`."""
    lock_decision(decision)
    if not decision.can_be_appealed or decision.author.id != by.id:
        raise errors.NoAppeal
    decision.appeal = AppealState.OPEN
    decision.appeal_words = words
    decision.appealed_at = clock.now(db.session())


def decide_appeal(decision: Decision, upheld: bool, explained: Explained, *, by: User) -> None:
    """Bring the words back unchanged, or leave them hidden; the author is told.

    Raises `SameOfficial`, `OwnModeration`, `AppealDecided`, or `InvalidField` as `hide`.
    """
    lock_decision(decision)
    if by.id == decision.by_id:
        raise errors.SameOfficial
    if by.id == decision.author.id:
        raise errors.OwnModeration
    if not decision.awaits_appeal:
        raise errors.AppealDecided
    refuse_revealing(decision.author, decision.words, explained.words)
    decision.appeal = AppealState.UPHELD if upheld else AppealState.DISMISSED
    decision.appeal_explanation = explained.words
    decision.appeal_language = explained.language
    decision.appeal_by_id = by.id
    decision.appeal_office = by.office
    decision.appeal_at = clock.now(db.session())
    if upheld:
        _restore(decision)
    _record(Act.APPEAL_UPHELD if upheld else Act.APPEAL_DISMISSED, decision, by)
    tell_author(decision, _l("What became of your appeal"), "appeal_decided")


def lock_decision(decision: Decision) -> None:
    """Whoever appeals, decides or takes back the same decision at the same moment waits."""
    db.session.refresh(decision, with_for_update={"of": Decision})
    if decision.comment is not None:
        lock(decision.comment)


def _restore(decision: Decision) -> None:
    if decision.comment is not None:
        decision.comment.state = CommentState.VISIBLE
    if decision.question is not None:
        decision.question.hidden = False
        touch(decision.question.hearing)


def _decide(
    comment: Comment,
    by: User,
    verdict: Verdict,
    *,
    rule: Rule | None = None,
    explanation: str = "",
    language: str = "en",
) -> Decision:
    lock(comment)
    if comment.author_id == by.id:
        raise errors.OwnModeration
    waiting = (Report.comment_id == comment.id, Report.decision_id.is_(None))
    if not comment.is_visible or not db.session.scalar(select(func.count()).where(*waiting)):
        raise errors.NothingReported
    decision = Decision(
        parliament_id=comment.thread.parliament_id,
        comment=comment,
        verdict=verdict,
        rule=rule,
        explanation=explanation,
        language=language,
        by_id=by.id,
        office=by.office,
        at=clock.now(db.session()),
    )
    db.session.add(decision)
    db.session.flush()
    db.session.execute(update(Report).where(*waiting).values(decision_id=decision.id))
    return decision


def _record(act: Act, decision: Decision, by: User) -> None:
    """The log says which decision and rule; whose comment it was, only to those who may open it."""
    rule: dict[str, Any] = {"rule": decision.rule.value} if decision.rule else {}
    if decision.question is not None:
        rule["question"] = decision.question_id
        note(act, decision.question.hearing, by, decision=decision.id, **rule)
        return
    if decision.comment is None:
        return
    thread = decision.comment.thread
    record(
        act,
        actor=by,
        parliament=thread.parliament,
        round_=thread.subject.round_,
        decision=decision.id,
        comment=decision.comment_id,
        **rule,
    )


def tell_author(decision: Decision, subject: LazyString, template: str) -> None:
    """A mail with the way to the page of the decision, in the author's language."""
    author = decision.author
    page = address(
        "deliberation.appeal",
        language=author.language,
        parliament=decision.parliament.slug,
        decision_id=decision.id,
    )
    with force_locale(author.language):
        post_mail(
            author.email,
            str(subject),
            render_template(
                f"emails/{template}.txt",
                decision=decision,
                rule=str(NAMES[decision.rule]) if decision.rule else "",
                address=page,
            ),
        )


def _tell_reporters(decision: Decision) -> None:
    """A mail to each, which names nobody and repeats no word of the comment."""
    if decision.comment is None:
        return
    thread = decision.comment.thread
    reporters = db.session.scalars(
        select(User)
        .join(Report, Report.reporter_id == User.id)
        .where(Report.decision_id == decision.id)
        .order_by(Report.id)
    ).all()
    for reporter in reporters:
        with force_locale(reporter.language):
            body = render_template(
                "emails/report_decided.txt",
                decision=decision,
                title=thread.subject.title,
                rule=str(NAMES[decision.rule]) if decision.rule else "",
                address=address(
                    "deliberation.moderation_rules",
                    language=reporter.language,
                    parliament=thread.parliament.slug,
                ),
            )
            post_mail(reporter.email, _("What became of your report"), body)
