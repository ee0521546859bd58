"""Which envelopes count: the last one of each voter who was not revoked."""

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from voting.models import Envelope, Voter

T = TypeVar("T")


def of_counted(column: InstrumentedAttribute[T], round_id: str, box_id: str) -> Select[T]:
    """`column` of the envelopes that count in a box, in no order."""
    return (
        select(column)
        .join(
            Voter,
            (Voter.round_id == Envelope.round_id)
            & (Voter.voter_ref == Envelope.voter_ref)
            & (Voter.ballots == Envelope.seq),
        )
        .where(Envelope.round_id == round_id, Envelope.box_id == box_id, Voter.revoked.is_(False))
    )
