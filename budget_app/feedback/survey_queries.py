"""Finding surveys, and what people answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement, and_, func, or_, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.deliberation.subjects import Subject, subject_in
from budget_app.extensions import db
from budget_app.feedback.models import (
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    SurveyState,
)
from budget_app.feedback.queries import administers
from budget_app.hearings.acts import leads
from budget_app.hearings.models import Hearing, HearingState
from budget_app.rounds.models import Round
from tallying.evidence.privacy import LEAST_CELL

SCALE = (1, 2, 3, 4, 5)


@access.loader("survey_id", gives="survey")
def load_survey(loaded: Loaded, number: Any) -> Survey | None:
    """Below its round or its hearing; before it is open, only for those who conduct it."""
    subject = subject_in(loaded)
    if subject is None:
        return None
    survey = db.session.scalar(_of(subject).where(Survey.id == number))
    return survey if survey and (survey.is_published or conducts(subject)) else None


@access.loader("survey_question_id", gives="question")
def load_survey_question(loaded: Loaded, number: Any) -> SurveyQuestion | None:
    survey: Survey = loaded["survey"]
    return next((question for question in survey.questions if question.id == number), None)


def conducts(subject: Subject) -> bool:
    """Whether the visitor asks here: administrators about a round, who leads it about a hearing."""
    if isinstance(subject.row, Hearing):
        return bool(current_user.is_authenticated and leads(subject.row, current_user))
    return isinstance(subject.row, Round) and administers(subject.row)


def surveys(subject: Subject) -> list[Survey]:
    """Those that the visitor may see, newest first."""
    found = db.session.scalars(_of(subject).order_by(Survey.id.desc())).all()
    drafts = conducts(subject)
    return [survey for survey in found if drafts or survey.is_published]


def open_surveys(subject: Subject) -> Sequence[Survey]:
    """What people can answer now, newest first."""
    return db.session.scalars(_of(subject).where(is_open()).order_by(Survey.id.desc())).all()


def is_open() -> ColumnElement[bool]:
    """`Survey.state` is open, for a query."""
    over = select(Hearing.id).where(Hearing.state.in_((HearingState.ENDED, HearingState.PUBLISHED)))
    return or_(
        Survey.chosen == SurveyState.OPEN,
        and_(Survey.chosen == SurveyState.WAITING, Survey.hearing_id.in_(over)),
    )


def _of(subject: Subject) -> Any:
    return select(Survey).where(getattr(Survey, subject.key) == subject.number)


def response_of(survey: Survey, user: User) -> SurveyResponse | None:
    return db.session.scalar(
        select(SurveyResponse).where(
            SurveyResponse.survey_id == survey.id, SurveyResponse.user_id == user.id
        )
    )


def response_count(survey: Survey) -> int:
    counting = (
        select(func.count())
        .select_from(SurveyResponse)
        .where(SurveyResponse.survey_id == survey.id)
    )
    return db.session.scalar(counting) or 0


@dataclass(frozen=True)
class Tally:
    """What people answered to one question: people by option; None where too few did to tell."""

    question: SurveyQuestion
    people: tuple[int, ...] | None

    @property
    def total(self) -> int:
        return sum(self.people or ())


def tallies(survey: Survey) -> list[Tally]:
    """The answers to each question with options, in its order.

    As everywhere, no number of people from 1 to 9 is told: a question that has one is withheld
    whole, so that nothing can be subtracted.
    """
    responses = db.session.scalars(
        select(SurveyResponse).where(SurveyResponse.survey_id == survey.id)
    ).all()
    found = []
    for question in survey.questions:
        if question.kind is QuestionKind.WORDS:
            continue
        values: Counter[int | str] = Counter(
            response.answers[str(question.id)]
            for response in responses
            if str(question.id) in response.answers
        )
        people = tuple(values[value] for value in values_of(question))
        small = any(0 < number < LEAST_CELL for number in people)
        found.append(Tally(question, None if small else people))
    return found


def values_of(question: SurveyQuestion) -> list[int]:
    """What an answer to a question can be, in the order of its options."""
    return (
        list(SCALE) if question.kind is QuestionKind.SCALE else list(range(len(question.options)))
    )


def words_of(survey: Survey) -> list[tuple[SurveyQuestion, list[str]]]:
    """What people wrote, for the office, in an order that tells nothing of who wrote when."""
    responses = db.session.scalars(
        select(SurveyResponse).where(SurveyResponse.survey_id == survey.id)
    ).all()
    return [
        (
            question,
            sorted(
                str(response.answers[str(question.id)])
                for response in responses
                if str(question.id) in response.answers
            ),
        )
        for question in survey.questions
        if question.kind is QuestionKind.WORDS
    ]
