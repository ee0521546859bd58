"""The verbs of feedback: promising, saying how a promise stands, answering."""

from budget_app.accounts.models import User
from budget_app.administration.models import Act
from budget_app.administration.records import record
from budget_app.extensions import db
from budget_app.feedback.models import (
    Answer,
    Commitment,
    Light,
    Principle,
    Standing,
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
