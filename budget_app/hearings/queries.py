"""Finding hearings, their questions, and what one person did in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from flask_login import current_user
from sqlalchemy import func, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Membership, Role, User
from budget_app.browsing.following import follows
from budget_app.deliberation.models import Comment, CommentState, Decision, Thread
from budget_app.extensions import db
from budget_app.hearings.models import (
    CHANGEABLE,
    AgendaItem,
    Hearing,
    HearingPoll,
    HearingQuestion,
    HearingSimulation,
    HearingState,
    Participation,
    ParticipationState,
    PollAnswer,
    QuestionState,
    QuestionSupport,
    StreamHost,
)
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round


@access.loader("hearing_id", gives="hearing")
def load_hearing(loaded: Loaded, number: Any) -> Hearing | None:
    """A draft is found by the parliament's officials only."""
    parliament: Parliament = loaded["parliament"]
    hearing = db.session.scalar(
        select(Hearing).where(Hearing.parliament_id == parliament.id, Hearing.id == number)
    )
    if hearing is None or (hearing.is_draft and not sees_drafts(parliament)):
        return None
    return hearing


def sees_drafts(parliament: Parliament) -> bool:
    """Whether who asks holds an office here, and has shown a second factor."""
    if not current_user.is_authenticated:
        return False
    proven = g.sign_in.has_second_factor or current_user.exercise_id == parliament.id
    return proven and bool(current_user.roles_in(parliament) - {Role.CITIZEN})


@access.loader("question_id", gives="question")
def load_question(loaded: Loaded, number: Any) -> HearingQuestion | None:
    hearing: Hearing = loaded["hearing"]
    return question_of(hearing, number)


@access.loader("item_id", gives="item")
def load_item(loaded: Loaded, number: Any) -> AgendaItem | None:
    hearing: Hearing = loaded["hearing"]
    return next((item for item in hearing.agenda if item.id == number), None)


@access.loader("hearing_poll_id", gives="poll")
def load_poll(loaded: Loaded, number: Any) -> HearingPoll | None:
    hearing: Hearing = loaded["hearing"]
    return next((poll for poll in hearing.polls if poll.id == number), None)


@access.loader("participation_id", gives="participation")
def load_participation(loaded: Loaded, number: Any) -> Participation | None:
    hearing: Hearing = loaded["hearing"]
    return next((found for found in hearing.organisations if found.id == number), None)


def question_of(hearing: Hearing, number: int) -> HearingQuestion | None:
    return db.session.scalar(
        select(HearingQuestion).where(
            HearingQuestion.hearing_id == hearing.id, HearingQuestion.id == number
        )
    )


def hearings_of(parliament: Parliament, round_: Round | None = None) -> Sequence[Hearing]:
    """All that are public, the next first, then those that are over from the newest on."""
    query = select(Hearing).where(
        Hearing.parliament_id == parliament.id, Hearing.state != HearingState.DRAFT
    )
    if round_ is not None:
        query = query.where(Hearing.round_id == round_.id)
    found = db.session.scalars(query.order_by(Hearing.starts)).all()
    to_come = [hearing for hearing in found if hearing.takes_questions]
    to_come.sort(key=lambda hearing: hearing.state is not HearingState.LIVE)
    return [*to_come, *(hearing for hearing in reversed(found) if hearing not in to_come)]


def drafts_of(parliament: Parliament, round_: Round | None = None) -> Sequence[Hearing]:
    """What officials prepare and nobody else sees, the next first."""
    query = select(Hearing).where(
        Hearing.parliament_id == parliament.id, Hearing.state == HearingState.DRAFT
    )
    if round_ is not None:
        query = query.where(Hearing.round_id == round_.id)
    return db.session.scalars(query.order_by(Hearing.starts, Hearing.id)).all()


def any_hearing(parliament: Parliament, round_: Round | None = None) -> bool:
    query = select(Hearing.id).where(Hearing.parliament_id == parliament.id).limit(1)
    if round_ is not None:
        query = query.where(Hearing.round_id == round_.id)
    return db.session.scalar(query) is not None


def led_by(parliament: Parliament, user: User) -> Sequence[Hearing]:
    """What a person still has to lead: those whose minutes are not out."""
    return db.session.scalars(
        select(Hearing)
        .where(
            Hearing.parliament_id == parliament.id,
            Hearing.chairs.any(User.id == user.id),
            Hearing.state.in_((*CHANGEABLE, HearingState.ENDED)),
        )
        .order_by(Hearing.starts)
    ).all()


def possible_chairs(parliament: Parliament) -> Sequence[User]:
    """Who can be named: the parliament's parliamentarians and administrators."""
    return db.session.scalars(
        select(User)
        .where(
            User.id.in_(
                select(Membership.user_id).where(
                    Membership.parliament_id == parliament.id,
                    Membership.role.in_((Role.PARLIAMENTARIAN, Role.ADMINISTRATOR)),
                )
            )
        )
        .order_by(User.name, User.id)
    ).all()


def allowed_hosts(parliament: Parliament) -> frozenset[str]:
    """The installation's hosts and the parliament's own."""
    return frozenset(current_app.extensions["settings"].stream_hosts_list) | set(
        own_hosts(parliament)
    )


def own_hosts(parliament: Parliament) -> Sequence[str]:
    return db.session.scalars(
        select(StreamHost.host)
        .where(StreamHost.parliament_id == parliament.id)
        .order_by(StreamHost.host)
    ).all()


def question_being_answered(hearing: Hearing) -> HearingQuestion | None:
    return db.session.scalar(
        select(HearingQuestion).where(
            HearingQuestion.hearing_id == hearing.id,
            HearingQuestion.state == QuestionState.CURRENT,
        )
    )


@dataclass(frozen=True)
class Queue:
    """The questions that everybody sees, by where they stand."""

    current: HearingQuestion | None
    shortlisted: Sequence[HearingQuestion]
    waiting: Sequence[HearingQuestion]
    answered: Sequence[HearingQuestion]
    aside: Sequence[HearingQuestion]


def queue(hearing: Hearing) -> Queue:
    """Shortlisted ones in the chair's order, waiting ones by support, the answered as answered."""
    shown = _questions(hearing, HearingQuestion.hidden.is_(False))
    by_state = {state: [q for q in shown if q.state is state] for state in QuestionState}
    current = by_state[QuestionState.CURRENT]
    return Queue(
        current=current[0] if current else None,
        shortlisted=sorted(by_state[QuestionState.SHORTLISTED], key=lambda q: (q.rank, q.id)),
        waiting=sorted(by_state[QuestionState.WAITING], key=lambda q: (-q.supports, q.id)),
        answered=sorted(by_state[QuestionState.ANSWERED], key=lambda q: (q.answered_at, q.id)),
        aside=by_state[QuestionState.ASIDE],
    )


def hidden_questions(hearing: Hearing) -> Sequence[HearingQuestion]:
    return _questions(hearing, HearingQuestion.hidden.is_(True))


def removals_of(questions: Sequence[HearingQuestion]) -> dict[int, Decision]:
    """The newest removal of each of `questions` that there was, by the question's number."""
    numbers = [question.id for question in questions]
    if not numbers:
        return {}
    found = db.session.scalars(
        select(Decision).where(Decision.question_id.in_(numbers)).order_by(Decision.id)
    )
    return {decision.question_id: decision for decision in found if decision.question_id}


def unanswered(parliament: Parliament) -> Sequence[HearingQuestion]:
    """Questions of hearings that are over, still without an answer; the oldest first."""
    return db.session.scalars(
        select(HearingQuestion)
        .join(Hearing, HearingQuestion.hearing_id == Hearing.id)
        .where(
            Hearing.parliament_id == parliament.id,
            Hearing.state.in_((HearingState.ENDED, HearingState.PUBLISHED)),
            HearingQuestion.hidden.is_(False),
            HearingQuestion.state.not_in(
                (QuestionState.ANSWERED, QuestionState.ASIDE, QuestionState.WITHDRAWN)
            ),
        )
        .order_by(HearingQuestion.asked_at, HearingQuestion.id)
    ).all()


def simulation_of(hearing: Hearing) -> HearingSimulation | None:
    return db.session.get(HearingSimulation, hearing.id)


@dataclass(frozen=True)
class Counts:
    """How much was said in a hearing so far; `answers` of the poll that is open."""

    questions: int
    supports: int
    answers: int


def counts(hearing: Hearing) -> Counts:
    here = HearingQuestion.hearing_id == hearing.id
    asked = select(func.count(), func.coalesce(func.sum(HearingQuestion.supports), 0)).where(here)
    answers = (
        select(func.count())
        .select_from(PollAnswer)
        .join(HearingPoll, PollAnswer.poll_id == HearingPoll.id)
        .where(HearingPoll.hearing_id == hearing.id)
    )
    found, supports = db.session.execute(asked).one()
    return Counts(found, supports, db.session.scalar(answers) or 0)


@dataclass(frozen=True)
class Mine:
    """What one person did in a hearing: never part of what everybody is shown."""

    asked: Sequence[HearingQuestion]
    supported: Sequence[HearingQuestion]
    participation: Participation | None
    answered_polls: frozenset[int]
    removals: Mapping[int, Decision]
    comments: int
    follows: bool

    @property
    def supported_numbers(self) -> frozenset[int]:
        return frozenset(question.id for question in self.supported)


def mine(hearing: Hearing, user: User) -> Mine:
    supports = select(QuestionSupport.question_id).where(QuestionSupport.user_id == user.id)
    polls = select(PollAnswer.poll_id).where(PollAnswer.user_id == user.id)
    asked = _questions(hearing, HearingQuestion.author_id == user.id)
    return Mine(
        asked=asked,
        supported=_questions(hearing, HearingQuestion.id.in_(supports)),
        participation=participation_of(hearing, user),
        answered_polls=frozenset(db.session.scalars(polls)),
        removals=removals_of(asked),
        comments=_comments_of(hearing, user),
        follows=follows(user, hearing),
    )


def _comments_of(hearing: Hearing, user: User) -> int:
    """What a person wrote below a hearing, replies too, and did not take away again."""
    query = (
        select(func.count(Comment.id))
        .join(Thread, Comment.thread_id == Thread.id)
        .where(
            Thread.hearing_id == hearing.id,
            Comment.author_id == user.id,
            Comment.state != CommentState.REMOVED,
        )
    )
    return db.session.scalar(query) or 0


def participation_of(hearing: Hearing, user: User) -> Participation | None:
    return next((found for found in hearing.organisations if found.user_id == user.id), None)


def confirmed_for(hearing: Hearing, user: User) -> Participation | None:
    """The organisation that a person speaks for in the hearing."""
    found = participation_of(hearing, user)
    return found if found and found.state is ParticipationState.CONFIRMED else None


def _questions(hearing: Hearing, *conditions: Any) -> Sequence[HearingQuestion]:
    return db.session.scalars(
        select(HearingQuestion)
        .where(HearingQuestion.hearing_id == hearing.id, *conditions)
        .order_by(HearingQuestion.id)
    ).all()
