"""The verbs of surveys: begun, asked, opened at once or after a hearing, answered, closed."""

from collections.abc import Mapping

from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.accounts.services import one_at_a_time
from budget_app.deliberation.subjects import Subject
from budget_app.extensions import db, insert_into
from budget_app.feedback.errors import (
    NothingToAwait,
    SurveyBegun,
    SurveyClosed,
    SurveyEmpty,
    SurveyOfNothing,
)
from budget_app.feedback.models import (
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    SurveyState,
    Texts,
)
from budget_app.hearings.errors import WrongHearingState
from budget_app.hearings.models import Hearing, HearingState
from budget_app.records.models import Act
from budget_app.records.services import record
from voting import clock


def begin_survey(subject: Subject, titles: Texts, *, by: User) -> Survey:
    """Begin to write one; pressed twice it is one. Raises `SurveyOfNothing`."""
    _refuse_cancelled(subject.row)
    one_at_a_time(by)
    key = getattr(Survey, subject.key)
    drafts = db.session.scalars(
        select(Survey).where(key == subject.number, Survey.chosen == SurveyState.DRAFT)
    )
    for draft in drafts:
        if draft.titles == titles:
            return draft
    survey = Survey(titles=titles, made_at=clock.now(db.session()))
    setattr(survey, subject.key, subject.number)
    db.session.add(survey)
    db.session.flush()
    _note(Act.SURVEY_MADE, survey, by)
    return survey


def ask(survey: Survey, kind: QuestionKind, texts: Texts, options: list[Texts]) -> None:
    """Add a question, the same one once; raises `SurveyBegun` once people may have answered."""
    _lock(survey)
    _refuse_begun(survey)
    asked = [(question.kind, question.texts, question.options) for question in survey.questions]
    if (kind, texts, options) not in asked:
        survey.questions.append(SurveyQuestion(kind=kind, texts=texts, options=options))


def drop_question(survey: Survey, question: SurveyQuestion) -> None:
    """Take a question out of a survey; raises `SurveyBegun` once people may have answered."""
    _lock(survey)
    _refuse_begun(survey)
    if question in survey.questions:
        survey.questions.remove(question)
        db.session.delete(question)


def open_survey(survey: Survey, *, by: User) -> None:
    """Let people answer now.

    Raises `SurveyEmpty` without a question, `SurveyBegun` after that, `SurveyOfNothing` when its
    hearing was cancelled, `WrongHearingState` while that is a draft.
    """
    _lock(survey)
    if survey.is_published:
        raise SurveyBegun
    _refuse_cancelled(survey.subject.row)
    if survey.hearing is not None and survey.hearing.is_draft:
        raise WrongHearingState
    _refuse_empty(survey)
    survey.chosen, survey.opened_at = SurveyState.OPEN, clock.now(db.session())
    _note(Act.SURVEY_OPENED, survey, by)


def await_hearing(survey: Survey, *, by: User) -> None:
    """Let people answer as soon as the hearing has ended; until then it can be written on.

    Raises `NothingToAwait` where no hearing will end, `SurveyEmpty`, or `SurveyBegun`.
    """
    _lock(survey)
    _refuse_begun(survey)
    if survey.hearing is None or not survey.hearing.takes_questions:
        raise NothingToAwait
    _refuse_empty(survey)
    survey.chosen = SurveyState.WAITING
    _note(Act.SURVEY_AWAITS_HEARING, survey, by)


def write_on(survey: Survey) -> None:
    """Take back `await_hearing`; raises `SurveyBegun` once the hearing has ended."""
    _lock(survey)
    if survey.is_published:
        raise SurveyBegun
    survey.chosen = SurveyState.DRAFT


def close_survey(survey: Survey, *, by: User) -> None:
    """Take no more answers and show the result; raises `SurveyClosed` unless it is open."""
    _lock(survey)
    if survey.state is not SurveyState.OPEN:
        raise SurveyClosed
    if survey.opened_at is None and survey.hearing is not None:
        survey.opened_at = survey.hearing.ended_at
    survey.chosen, survey.closed_at = SurveyState.CLOSED, clock.now(db.session())
    _note(Act.SURVEY_CLOSED, survey, by)


def respond(survey: Survey, answers: Mapping[str, int | str], *, by: User) -> None:
    """Keep what a person answers, in place of an earlier answer; raises `SurveyClosed`."""
    if survey.state is not SurveyState.OPEN:
        raise SurveyClosed
    given = {"answers": dict(answers), "at": clock.now(db.session())}
    row = insert_into(SurveyResponse).values(survey_id=survey.id, user_id=by.id, **given)
    replacing = row.on_conflict_do_update(index_elements=["survey_id", "user_id"], set_=given)
    db.session.execute(replacing)


def _lock(survey: Survey) -> None:
    """Let the acts of two officials, or of one who presses twice, follow one another."""
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    db.session.refresh(survey, ["chosen", "questions"])


def _refuse_begun(survey: Survey) -> None:
    if survey.chosen is not SurveyState.DRAFT:
        raise SurveyBegun


def _refuse_empty(survey: Survey) -> None:
    if not survey.questions:
        raise SurveyEmpty


def _refuse_cancelled(row: object) -> None:
    if isinstance(row, Hearing) and row.state is HearingState.CANCELLED:
        raise SurveyOfNothing


def _note(act: Act, survey: Survey, by: User) -> None:
    subject = survey.subject
    record(act, actor=by, parliament=subject.parliament, round_=subject.round_, survey=survey.id)
