"""What of the proposals is not decided for good when the rules are about to be sealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.proposals.queries import count_waiting
from budget_app.reviews.appeals import APPEAL_PERIOD
from budget_app.reviews.models import Appeal
from budget_app.rounds.models import Round
from voting import clock


@dataclass(frozen=True)
class Unsettled:
    """What the seal would leave as it is: nothing joins the ballot afterwards.

    `appealable` were not accepted, and their authors can still appeal, the last `until`.
    """

    submitted: int
    appeals: int
    appealable: int
    until: datetime | None


def unsettled(round_: Round) -> Unsettled:
    """Reviews and appeals that are not finished, and decisions that are not final."""
    of_round = Proposal.round_id == round_.id
    appeals = select(func.count(Appeal.id)).join(Proposal).where(of_round, Appeal.outcome.is_(None))
    recent = select(func.count(), func.max(Proposal.reviewed_at)).where(
        of_round,
        Proposal.state == ProposalState.REJECTED,
        Proposal.reviewed_at > clock.now(db.session()) - APPEAL_PERIOD,
        Proposal.id.not_in(select(Appeal.proposal_id)),
    )
    appealable, last = db.session.execute(recent).one()
    return Unsettled(
        count_waiting(round_),
        db.session.scalar(appeals) or 0,
        appealable,
        last + APPEAL_PERIOD if last else None,
    )
