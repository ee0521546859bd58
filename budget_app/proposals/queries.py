"""Finding proposals: the public list, a person's own, and the reviewers' queue."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy import func, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.models import District, Project, Round

PUBLIC = (ProposalState.SUBMITTED, ProposalState.ACCEPTED, ProposalState.REJECTED)


@access.loader("proposal_id", gives="proposal")
def load_proposal(loaded: Loaded, number: Any) -> Proposal | None:
    """A draft, or what was taken back, is found by its author only."""
    round_: Round = loaded["round_"]
    proposal = db.session.scalar(
        select(Proposal).where(Proposal.round_id == round_.id, Proposal.id == number)
    )
    if proposal is None or proposal.state in PUBLIC or is_author(proposal):
        return proposal
    return None


def is_author(proposal: Proposal) -> bool:
    return bool(current_user.is_authenticated) and proposal.author_id == current_user.id


def count_public(round_: Round) -> int:
    return _count(round_, PUBLIC)


def of_author(round_: Round, author: User) -> Sequence[Proposal]:
    """Everything a person wrote in the round, drafts first."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.round_id == round_.id, Proposal.author_id == author.id)
        .order_by(Proposal.submitted_at.is_not(None), Proposal.id)
    ).all()


def queue(round_: Round) -> Sequence[Proposal]:
    """What waits for a review, oldest first."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.round_id == round_.id, Proposal.state == ProposalState.SUBMITTED)
        .order_by(Proposal.submitted_at, Proposal.id)
    ).all()


def count_waiting(round_: Round) -> int:
    return _count(round_, (ProposalState.SUBMITTED,))


def project_of(proposal: Proposal) -> Project | None:
    """What stands on the ballot for an accepted proposal."""
    return db.session.scalar(select(Project).where(Project.proposal_id == proposal.id))


def proposal_of(project: Project) -> Proposal | None:
    """The accepted proposal that a project came from."""
    return db.session.get(Proposal, project.proposal_id) if project.proposal_id else None


def district_in_use(district: District) -> bool:
    """Whether a proposal names the district."""
    query = select(Proposal.id).where(Proposal.district_id == district.id).limit(1)
    return db.session.scalar(query) is not None


def _count(round_: Round, states: Sequence[ProposalState]) -> int:
    query = (
        select(func.count())
        .select_from(Proposal)
        .where(Proposal.round_id == round_.id, Proposal.state.in_(states))
    )
    return db.session.scalar(query) or 0
