"""The verbs of feedback: promising, saying how a promise stands, answering, asking."""

from collections.abc import Mapping

from budget_app.accounts.models import User
from budget_app.administration.models import Act
from budget_app.administration.records import record
from budget_app.extensions import db, insert_into
from budget_app.feedback.errors import SurveyBegun, SurveyClosed, SurveyEmpty
from budget_app.feedback.models import (
    Answer,
    Commitment,
    Light,
    Principle,
    QuestionKind,
    Standing,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    SurveyState,
    Texts,
)
from budget_app.rounds.models import Round
from voting import clock


def commit(round_: Round, principle: Principle, promises: Texts, *, by: User) -> Commitment:
    """Make a promise; it cannot be taken back, only be said to be kept or broken."""
    commitment = Commitment(
        round_id=round_.id,
        principle=principle,
        promises=promises,
        made_at=clock.now(db.session()),
    )
    db.session.add(commitment)
    db.session.flush()
    record(Act.COMMITMENT_MADE, actor=by, round_=round_, commitment=commitment.id)
    return commitment


def set_light(
    commitment: Commitment, light: Light, words: Texts, evidence: str, *, by: User
) -> None:
    """Say how a commitment stands now; what was said before stays readable."""
    db.session.add(
        Standing(
            commitment=commitment,
            light=light,
            words=words,
            evidence=evidence,
            at=clock.now(db.session()),
            by=by,
        )
    )
    record(
        Act.COMMITMENT_JUDGED,
        actor=by,
        round_=commitment.round_,
        commitment=commitment.id,
        light=light.value,
    )


def answer(round_: Round, said: Texts, did: Texts, evidence: str, *, by: User) -> None:
    """Publish what people said and what was done about it."""
    row = Answer(
        round_id=round_.id,
        said=said,
        did=did,
        evidence=evidence,
        at=clock.now(db.session()),
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    record(Act.FEEDBACK_ANSWERED, actor=by, round_=round_, answer=row.id)


def begin_survey(round_: Round, titles: Texts, *, by: User) -> Survey:
    survey = Survey(round_=round_, titles=titles, made_at=clock.now(db.session()))
    db.session.add(survey)
    db.session.flush()
    record(Act.SURVEY_MADE, actor=by, round_=round_, survey=survey.id)
    return survey


def ask(survey: Survey, kind: QuestionKind, texts: Texts, options: list[Texts]) -> None:
    """Add a question; raises `SurveyBegun` once people may have answered."""
    if survey.state is not SurveyState.DRAFT:
        raise SurveyBegun
    survey.questions.append(SurveyQuestion(kind=kind, texts=texts, options=options))


def drop_question(survey: Survey, question: SurveyQuestion) -> None:
    """Take a question out of a survey; raises `SurveyBegun` once people may have answered."""
    if survey.state is not SurveyState.DRAFT:
        raise SurveyBegun
    survey.questions.remove(question)
    db.session.delete(question)


def open_survey(survey: Survey, *, by: User) -> None:
    """Let people answer; raises `SurveyEmpty` without a question, `SurveyBegun` after that."""
    if survey.state is not SurveyState.DRAFT:
        raise SurveyBegun
    if not survey.questions:
        raise SurveyEmpty
    survey.state, survey.opened_at = SurveyState.OPEN, clock.now(db.session())
    record(Act.SURVEY_OPENED, actor=by, round_=survey.round_, survey=survey.id)


def close_survey(survey: Survey, *, by: User) -> None:
    """Take no more answers and show the result; raises `SurveyClosed` unless it is open."""
    if survey.state is not SurveyState.OPEN:
        raise SurveyClosed
    survey.state, survey.closed_at = SurveyState.CLOSED, clock.now(db.session())
    record(Act.SURVEY_CLOSED, actor=by, round_=survey.round_, survey=survey.id)


def respond(survey: Survey, answers: Mapping[str, int | str], *, by: User) -> None:
    """Keep what a person answers, in place of an earlier answer; raises `SurveyClosed`."""
    if survey.state is not SurveyState.OPEN:
        raise SurveyClosed
    given = {"answers": dict(answers), "at": clock.now(db.session())}
    row = insert_into(SurveyResponse).values(survey_id=survey.id, user_id=by.id, **given)
    replacing = row.on_conflict_do_update(index_elements=["survey_id", "user_id"], set_=given)
    db.session.execute(replacing)
