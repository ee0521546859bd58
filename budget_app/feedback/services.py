"""The verbs of feedback: promising, saying how a promise stands, answering."""

from budget_app.accounts.models import User
from budget_app.accounts.services import one_at_a_time
from budget_app.extensions import db
from budget_app.feedback import queries
from budget_app.feedback.models import (
    Answer,
    Commitment,
    Light,
    Principle,
    Standing,
    Texts,
)
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.models import Round
from voting import clock


def commit(round_: Round, principle: Principle, promises: Texts, *, by: User) -> Commitment:
    """Make a promise, pressed twice once; it cannot be taken back, only said to be kept or broken."""
    one_at_a_time(by)
    for made in queries.commitments(round_):
        if (made.principle, made.promises) == (principle, promises):
            return made
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
    """Say how a commitment stands now; what was said before stays readable.

    Said again in the same words, as by a second press, it is said once.
    """
    one_at_a_time(by)
    db.session.refresh(commitment, ["standings"])
    now = commitment.now
    if now and (now.light, now.words, now.evidence) == (light, words, evidence):
        return
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


def answer(round_: Round, said: Texts, did: Texts, evidence: str, *, by: User) -> Answer:
    """Publish what people said and what was done about it; pressed twice, once."""
    one_at_a_time(by)
    for row in queries.answers(round_):
        if (row.said, row.did, row.evidence) == (said, did, evidence):
            return row
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
    return row
