"""What officials answer: below a proposal, its round and a hearing, in the hearing, and in public."""

from budget_app.deliberation import services as deliberation
from budget_app.deliberation.subjects import subject_of
from budget_app.extensions import db
from budget_app.feedback import services as feedback
from budget_app.hearings import questions
from budget_app.hearings.models import Hearing, HearingQuestion, HearingState
from budget_app.proposals.models import Proposal
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.hearings.meeting import convene
from voting import clock


def answer_everywhere(scene: Proposing, number: int, *, in_round: bool = True) -> None:
    """Rosa answers below the proposal `number`, and ada elsewhere; the hearing is about the round."""
    with scene.office.work():
        round_, ada = scene.office.round_(), scene.office.person("ada")
        hearing = convene(round_.parliament, ada)
        hearing.round_ = round_ if in_round else None
        for row, words in (
            (db.session.get_one(Proposal, number), "We look into it."),
            (round_, "The dates stay."),
            (hearing, "The hall is open."),
        ):
            said = deliberation.Words(words, "en", words)
            deliberation.post(
                subject_of(row), said, author=scene.office.person("rosa"), official=True
            )
        feedback.answer(round_, {"en": "More shade"}, {"en": "Trees."}, "", by=ada)
        _answer_a_question(hearing)


def _answer_a_question(hearing: Hearing) -> None:
    hearing.state = HearingState.ENDED
    hearing.began_at = hearing.ended_at = clock.now(db.session())
    question = db.session.scalars(
        db.select(HearingQuestion).where(HearingQuestion.hearing_id == hearing.id)
    ).one()
    questions.answer(question, "In May.", "Ada", by=hearing.chairs[0], language="en")
