"""What officials answer: below a proposal, its round and a hearing, in the hearing, and in public."""

from budget_app.accounts.models import User
from budget_app.deliberation import services as deliberation
from budget_app.deliberation.subjects import Row, subject_of
from budget_app.extensions import db
from budget_app.feedback import services as feedback
from budget_app.hearings import questions
from budget_app.hearings.models import Hearing, HearingQuestion, HearingState
from budget_app.proposals.models import Proposal
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.hearings.meeting import convene
from voting import clock


def answer_everywhere(scene: Proposing, number: int, *, in_round: bool = True) -> None:
    """Below the proposal `number`, its round and a hearing, which is one about the round or about
    none; in the hearing, and under “You said, we did”."""
    with scene.office.work():
        round_, ada = scene.office.round_(), scene.office.person("ada")
        rosa = scene.office.person("rosa")
        hearing = convene(round_.parliament, ada)
        hearing.round_ = round_ if in_round else None
        _reply(db.session.get_one(Proposal, number), "We look into it.", rosa)
        _reply(round_, "The dates stay.", rosa)
        feedback.answer(round_, {"en": "More shade"}, {"en": "Trees."}, "", by=ada)
        answer_in(hearing, rosa)


def answer_in(hearing: Hearing, official: User) -> None:
    """The hearing is over; the one question asked in it is answered, and a comment on it."""
    _reply(hearing, "The hall is open.", official)
    hearing.state = HearingState.ENDED
    hearing.began_at = hearing.ended_at = clock.now(db.session())
    question = db.session.scalars(
        db.select(HearingQuestion).where(HearingQuestion.hearing_id == hearing.id)
    ).one()
    questions.answer(question, "In May.", "Ada", by=hearing.chairs[0], language="en")


def _reply(row: Row, words: str, official: User) -> None:
    said = deliberation.Words(words, "en", words)
    deliberation.post(subject_of(row), said, author=official, official=True)
