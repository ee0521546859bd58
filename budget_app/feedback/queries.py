"""Finding what a round says of itself and what people answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from sqlalchemy import func, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.feedback.models import (
    Answer,
    Commitment,
    Principle,
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    SurveyState,
)
from budget_app.rounds.models import Round
from tallying.evidence.privacy import LEAST_CELL

SCALE = (1, 2, 3, 4, 5)


@access.loader("survey_id", gives="survey")
def load_survey(loaded: Loaded, number: Any) -> Survey | None:
    """A survey that is being written is found by administrators only."""
    round_: Round = loaded["round_"]
    survey = db.session.scalar(
        select(Survey).where(Survey.round_id == round_.id, Survey.id == number)
    )
    if survey is None or survey.state is not SurveyState.DRAFT or administers(round_):
        return survey
    return None


@access.loader("commitment_id", gives="commitment")
def load_commitment(loaded: Loaded, number: Any) -> Commitment | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(Commitment).where(Commitment.round_id == round_.id, Commitment.id == number)
    )


def administers(round_: Round) -> bool:
    """Whether the visitor is an administrator of the round's parliament."""
    return bool(
        current_user.is_authenticated
        and Role.ADMINISTRATOR in current_user.roles_in(round_.parliament)
    )


def commitments(round_: Round) -> list[Commitment]:
    """In the order of the principles, then of their making."""
    found = db.session.scalars(
        select(Commitment).where(Commitment.round_id == round_.id).order_by(Commitment.id)
    ).all()
    order = list(Principle)
    return sorted(found, key=lambda commitment: order.index(commitment.principle))


def answers(round_: Round) -> Sequence[Answer]:
    """Newest first."""
    return db.session.scalars(
        select(Answer).where(Answer.round_id == round_.id).order_by(Answer.id.desc())
    ).all()


def surveys(round_: Round) -> list[Survey]:
    """Those that the visitor may see, newest first."""
    found = db.session.scalars(
        select(Survey).where(Survey.round_id == round_.id).order_by(Survey.id.desc())
    ).all()
    drafts = administers(round_)
    return [survey for survey in found if drafts or survey.state is not SurveyState.DRAFT]


def open_surveys(round_: Round) -> Sequence[Survey]:
    """What people can answer now, newest first."""
    return db.session.scalars(
        select(Survey)
        .where(Survey.round_id == round_.id, Survey.state == SurveyState.OPEN)
        .order_by(Survey.id.desc())
    ).all()


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
