"""The equations that tie what was accepted to what was counted, per box."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voting.models import Envelope
from voting.opening import OpenedBox


@dataclass(frozen=True)
class BoxReconciliation:
    """One box's ballots, counted in two ways that must agree."""

    box: str
    accepted: int
    superseded: int
    into_peel: int
    valid: int
    blank: int
    invalid: int
    duplicates: int
    result: int
    revoked: int = 0
    not_admitted: int = 0
    undecryptable: int = 0
    canaries: int = 0
    paper: int = 0

    @property
    def ties(self) -> bool:
        """Whether all three equations hold."""
        outside = self.superseded + self.revoked + self.not_admitted
        opened = self.valid + self.blank + self.invalid
        lost = self.undecryptable + self.duplicates + self.canaries
        return (
            self.accepted == self.into_peel + outside
            and self.into_peel == opened + lost
            and self.result == self.valid + self.blank + self.paper
        )

    def to_json(self) -> dict[str, str | int]:
        return asdict(self)


def reconcile(
    session: Session, round_id: str, boxes: Sequence[OpenedBox]
) -> list[BoxReconciliation]:
    """One line for each opened box; `accepted` is counted by the database alone."""
    counts = session.execute(
        select(Envelope.box_id, func.count())
        .where(Envelope.round_id == round_id)
        .group_by(Envelope.box_id)
    )
    accepted: dict[str, int] = dict(counts.all())
    return [
        BoxReconciliation(
            box=box.box_id,
            accepted=accepted.get(box.box_id, 0),
            superseded=len(box.superseded),
            revoked=len(box.revoked),
            into_peel=len(box.counted),
            valid=box.valid,
            blank=box.blank,
            invalid=box.invalid.total(),
            duplicates=box.duplicates,
            undecryptable=box.undecryptable,
            canaries=box.canaries,
            result=box.valid + box.blank,
        )
        for box in boxes
    ]
