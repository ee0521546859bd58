"""The verbs of hidden questions: hidden by a published rule, and shown again by the office.

What the author does about it, and what another official decides, are those of comments:
`deliberation.moderation`.
"""

from flask_babel import lazy_gettext as _l

from budget_app.accounts.models import User
from budget_app.deliberation.errors import OwnModeration
from budget_app.deliberation.explanations import refuse_revealing
from budget_app.deliberation.models import Decision, Rule, Verdict
from budget_app.deliberation.moderation import Explained, lock_decision, take_back, tell_author
from budget_app.extensions import db
from budget_app.hearings.acts import note, touch
from budget_app.hearings.errors import AlreadyDealtWith
from budget_app.hearings.models import HearingQuestion, QuestionState
from budget_app.hearings.queries import removals_of
from budget_app.records.models import Act
from voting import clock


def hide(question: HearingQuestion, rule: Rule, explained: Explained, *, by: User) -> Decision:
    """Take a question off the page for the rule that it breaks; its author is told, and can appeal.

    Raises `AlreadyDealtWith`, `OwnModeration`, or `InvalidField` when the explanation, which is
    published, names the author or repeats the question.
    """
    db.session.refresh(question, with_for_update={"of": HearingQuestion})
    if question.hidden:
        raise AlreadyDealtWith
    if question.author_id == by.id:
        raise OwnModeration
    refuse_revealing(question.author, question.words, explained.words)
    if question.state is QuestionState.CURRENT:
        question.state = QuestionState.WAITING
    question.hidden = True
    decision = _decision(question, rule, explained, by)
    touch(question.hearing)
    _note(Act.HEARING_QUESTION_HIDDEN, decision, by, rule=rule.value)
    tell_author(decision, _l("Your question was hidden"), "question_hidden")
    return decision


def show_again(question: HearingQuestion, *, by: User) -> None:
    """Take a removal back, as after a slip; what another official decided on appeal stays."""
    decision = removals_of([question]).get(question.id)
    if decision is not None:
        lock_decision(decision)
        db.session.refresh(question)
    if not question.hidden or not can_be_shown(decision):
        raise AlreadyDealtWith
    if decision is None:
        question.hidden = False
        touch(question.hearing)
        note(Act.HEARING_QUESTION_SHOWN, question.hearing, by, question=question.id)
        return
    take_back(decision, by=by)
    _note(Act.HEARING_QUESTION_SHOWN, decision, by)
    tell_author(decision, _l("Your question is shown again"), "question_shown")


def can_be_shown(decision: Decision | None) -> bool:
    """Whether the office may still take it back."""
    return decision is None or decision.can_be_taken_back


def _decision(question: HearingQuestion, rule: Rule, explained: Explained, by: User) -> Decision:
    decision = Decision(
        parliament=question.hearing.parliament,
        question=question,
        verdict=Verdict.HIDDEN,
        rule=rule,
        explanation=explained.words,
        language=explained.language,
        by_id=by.id,
        office=by.office,
        at=clock.now(db.session()),
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _note(act: Act, decision: Decision, by: User, **subject: object) -> None:
    if decision.question is not None:
        note(act, decision.question.hearing, by, question=decision.question_id, **subject)
