"""The verbs of questions: asked, supported, shortlisted, answered, set aside."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from budget_app.accounts.models import User
from budget_app.accounts.names import words_of
from budget_app.extensions import db, insert_into
from budget_app.hearings.acts import lock, note, touch
from budget_app.hearings.errors import (
    AlreadyDealtWith,
    AlreadySupported,
    AskedAlready,
    OwnQuestion,
    QuestionsClosed,
    WrongHearingState,
)
from budget_app.hearings.models import (
    Hearing,
    HearingQuestion,
    HearingState,
    Participation,
    QuestionState,
    QuestionSupport,
)
from budget_app.hearings.queries import confirmed_for, question_being_answered
from budget_app.records.models import Act
from voting import clock

OPEN = (QuestionState.WAITING, QuestionState.SHORTLISTED, QuestionState.CURRENT)


def asked(author: User, once: str) -> HearingQuestion | None:
    """The question that this form made already: a second press of its button makes no other."""
    return db.session.scalar(
        select(HearingQuestion).where(
            HearingQuestion.author_id == author.id, HearingQuestion.once == once
        )
    )


def ask(
    hearing: Hearing,
    words: str,
    *,
    author: User,
    language: str,
    signed: bool = False,
    once: str | None = None,
) -> HearingQuestion:
    """Put a question into the queue; a confirmed organisation's carries its name, one that is
    `signed` its author's. What a form with this `once` asked already is not asked again.

    Raises `QuestionsClosed`, or `AskedAlready` for what the person asked here before.
    """
    if not hearing.takes_questions:
        raise QuestionsClosed
    made = asked(author, once) if once else None
    if made is not None:
        return made
    _refuse_repeated(hearing, words, author)
    speaks_for: Participation | None = confirmed_for(hearing, author)
    question = HearingQuestion(
        hearing=hearing,
        author=author,
        participation=speaks_for,
        state=QuestionState.WAITING,
        words=words,
        language=language,
        hidden=False,
        supports=0,
        signed=signed,
        once=once,
        rank=0,
        asked_at=clock.now(db.session()),
    )
    try:
        with db.session.begin_nested():
            db.session.add(question)
    except IntegrityError:
        made = asked(author, once) if once else None
        if made is None:
            raise
        return made
    touch(hearing)
    db.session.flush()
    return question


def _refuse_repeated(hearing: Hearing, words: str, author: User) -> None:
    """In other letters or signs they are the same words, whatever became of them, unless withdrawn."""
    before = db.session.scalars(
        select(HearingQuestion.words).where(
            HearingQuestion.hearing_id == hearing.id,
            HearingQuestion.author_id == author.id,
            HearingQuestion.state != QuestionState.WITHDRAWN,
        )
    )
    said = words_of(words)
    if any(words == other or (said and said == words_of(other)) for other in before):
        raise AskedAlready


def support(question: HearingQuestion, user: User) -> None:
    """Once each, and never one's own."""
    _refuse_closed(question)
    if question.author_id == user.id:
        raise OwnQuestion
    added = db.session.scalar(
        insert_into(QuestionSupport)
        .values(question_id=question.id, user_id=user.id)
        .on_conflict_do_nothing()
        .returning(QuestionSupport.user_id)
    )
    if added is None:
        raise AlreadySupported
    _count(question, 1)


def retract(question: HearingQuestion, user: User) -> None:
    """Take a support back; nothing happens where there is none."""
    _refuse_closed(question)
    gone = db.session.scalar(
        delete(QuestionSupport)
        .where(QuestionSupport.question_id == question.id, QuestionSupport.user_id == user.id)
        .returning(QuestionSupport.user_id)
    )
    if gone is not None:
        _count(question, -1)


def withdraw(question: HearingQuestion) -> None:
    """Take a question out of the queue, for its author; what waits for nobody else yet.

    Raises `AlreadyDealtWith` for one that the chair has taken up or set aside, or that is hidden.
    """
    if not question.hearing.takes_questions:
        raise QuestionsClosed
    _expect(question, QuestionState.WAITING)
    question.state = QuestionState.WITHDRAWN
    touch(question.hearing)


def shortlist(question: HearingQuestion, listed: Sequence[HearingQuestion]) -> None:
    """Put a question at the end of the shortlist `listed`."""
    _expect(question, QuestionState.WAITING, QuestionState.ASIDE)
    question.state = QuestionState.SHORTLISTED
    question.rank = max((other.rank for other in listed), default=0) + 1
    question.reason = ""
    touch(question.hearing)


def unlist(question: HearingQuestion) -> None:
    """Back from the shortlist to the queue."""
    _expect(question, QuestionState.SHORTLISTED)
    question.state, question.rank = QuestionState.WAITING, 0
    touch(question.hearing)


def move_up(question: HearingQuestion, listed: Sequence[HearingQuestion]) -> None:
    """Change places with the question before it on the shortlist."""
    _expect(question, QuestionState.SHORTLISTED)
    before = [other for other in listed if other.rank < question.rank]
    if before:
        nearest = max(before, key=lambda other: other.rank)
        nearest.rank, question.rank = question.rank, nearest.rank
        touch(question.hearing)


def take_up(question: HearingQuestion) -> None:
    """Mark it as being answered; the one before goes back to the shortlist."""
    _expect(question, QuestionState.WAITING, QuestionState.SHORTLISTED)
    if question.hearing.state is not HearingState.LIVE:
        raise WrongHearingState
    lock(question.hearing)
    present = question_being_answered(question.hearing)
    if present is not None:
        present.state = QuestionState.SHORTLISTED
        db.session.flush()  # the index allows one at a time
    question.state = QuestionState.CURRENT
    touch(question.hearing)


def expect_answerable(question: HearingQuestion) -> None:
    """Raise where no answer can be written: before the hearing, or for a hidden question."""
    if question.hearing.state in (HearingState.PLANNED, HearingState.CANCELLED):
        raise WrongHearingState
    _expect(question, *OPEN, QuestionState.ASIDE, QuestionState.ANSWERED)


def expect_open(question: HearingQuestion) -> None:
    """Raise for a question that has its answer, was set aside, or is hidden."""
    _expect(question, *OPEN)


def answer(
    question: HearingQuestion, words: str, answered_by: str, *, by: User, language: str
) -> None:
    """Who answered and what, in short; also after the hearing.

    Answered again it is corrected, and what it said before stays.
    """
    expect_answerable(question)
    if question.state is QuestionState.ANSWERED:
        if (question.answer, question.answered_by) == (words, answered_by):
            return
        question.earlier_answers = [*question.earlier_answers, _as_it_stands(question)]
    question.answer, question.answered_by = words, answered_by
    question.answer_language = language
    question.answered_at = question.answered_at or clock.now(db.session())
    question.state = QuestionState.ANSWERED
    touch(question.hearing)
    _note(Act.HEARING_QUESTION_ANSWERED, question, by)


def _as_it_stands(question: HearingQuestion) -> dict[str, str]:
    """Its answer, until now."""
    return {
        "words": question.answer,
        "by": question.answered_by,
        "language": question.answer_language,
        "until": clock.now(db.session()).isoformat(),
    }


def set_aside(question: HearingQuestion, reason: str, *, by: User) -> None:
    """Not to be answered in the hearing, for a reason that is published."""
    expect_open(question)
    question.reason, question.state = reason, QuestionState.ASIDE
    touch(question.hearing)
    _note(Act.HEARING_QUESTION_SET_ASIDE, question, by)


def _count(question: HearingQuestion, change: int) -> None:
    """Counted by the database: many support at once."""
    db.session.execute(
        update(HearingQuestion)
        .where(HearingQuestion.id == question.id)
        .values(supports=HearingQuestion.supports + change)
    )
    touch(question.hearing)


def _refuse_closed(question: HearingQuestion) -> None:
    open_still = question.state in OPEN and not question.hidden
    if not (question.hearing.takes_questions and open_still):
        raise QuestionsClosed


def _expect(question: HearingQuestion, *states: QuestionState) -> None:
    if question.state not in states or question.hidden:
        raise AlreadyDealtWith


def _note(act: Act, question: HearingQuestion, by: User, **subject: object) -> None:
    note(act, question.hearing, by, question=question.id, **subject)
