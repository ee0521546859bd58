"""Finding proposals: what everybody reads, and a person's own."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy import func, or_, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.proposals.coauthors import find_invitation
from budget_app.proposals.models import (
    Coauthor,
    Proposal,
    ProposalAttachment,
    ProposalPicture,
    ProposalState,
)
from budget_app.rounds.models import District, Project, Round

WITHDRAWN, MERGED = ProposalState.WITHDRAWN, ProposalState.MERGED
PUBLIC = (ProposalState.SUBMITTED, ProposalState.ACCEPTED, ProposalState.REJECTED)


@access.loader("proposal_id", gives="proposal")
def load_proposal(loaded: Loaded, number: Any) -> Proposal | None:
    """What was never submitted is found by those who write it only."""
    round_: Round = loaded["round_"]
    proposal = db.session.scalar(
        select(Proposal).where(Proposal.round_id == round_.id, Proposal.id == number)
    )
    if proposal is None or proposal.is_public or is_writing(proposal):
        return proposal
    return None


@access.loader("picture_id", gives="picture")
def load_picture(loaded: Loaded, number: Any) -> ProposalPicture | None:
    proposal: Proposal = loaded["proposal"]
    return next((picture for picture in proposal.pictures if picture.id == number), None)


@access.loader("attachment_id", gives="attachment")
def load_attachment(loaded: Loaded, number: Any) -> ProposalAttachment | None:
    proposal: Proposal = loaded["proposal"]
    return next((each for each in proposal.attachments if each.id == number), None)


@access.loader("invitation_token", gives="invitation")
def load_invitation(loaded: Loaded, token: Any) -> Coauthor | None:
    return find_invitation(loaded["round_"], str(token))


def is_author(proposal: Proposal) -> bool:
    return bool(current_user.is_authenticated) and proposal.author_id == current_user.id


def is_writing(proposal: Proposal) -> bool:
    """Whether the visitor is the author or a co-author."""
    return bool(current_user.is_authenticated) and proposal.is_written_by(current_user.id)


def count_public(round_: Round) -> int:
    return _count(round_, PUBLIC)


def of_author(round_: Round, author: User) -> Sequence[Proposal]:
    """Everything a person writes or wrote in the round, alone or with others, drafts first."""
    joined = select(Coauthor.proposal_id).where(Coauthor.user_id == author.id)
    return db.session.scalars(
        select(Proposal)
        .where(
            Proposal.round_id == round_.id,
            or_(Proposal.author_id == author.id, Proposal.id.in_(joined)),
        )
        .order_by(Proposal.submitted_at.is_not(None), Proposal.id)
    ).all()


def drafts_of(rounds: Iterable[Round], author: Any) -> list[Proposal]:
    """What a person, or nobody, began in these rounds, alone or with others, and never submitted."""
    if not author.is_authenticated:
        return []
    return [
        proposal
        for round_ in rounds
        for proposal in of_author(round_, author)
        if proposal.state is ProposalState.DRAFT
    ]


def count_waiting(round_: Round) -> int:
    return _count(round_, (ProposalState.SUBMITTED,))


def project_of(proposal: Proposal) -> Project | None:
    """What stands on the ballot for an accepted proposal."""
    return db.session.scalar(select(Project).where(Project.proposal_id == proposal.id))


def proposal_of(project: Project) -> Proposal | None:
    """The accepted proposal that a project came from."""
    return db.session.get(Proposal, project.proposal_id) if project.proposal_id else None


def pictures_of(projects: Iterable[Project]) -> dict[int, ProposalPicture]:
    """By the number of the project, the first picture of the proposal that it came from."""
    numbers = {p.proposal_id: p.id for p in projects if p.proposal_id is not None}
    pictures = db.session.scalars(
        select(ProposalPicture)
        .where(ProposalPicture.proposal_id.in_(numbers))
        .order_by(ProposalPicture.position.desc(), ProposalPicture.id.desc())
    )
    return {numbers[picture.proposal_id]: picture for picture in pictures}


def pictures_by_key(round_: Round) -> dict[str, ProposalPicture]:
    """By the key of the project, as `pictures_of`, for all projects of a round in one question."""
    rows = db.session.execute(
        select(Project.key, ProposalPicture)
        .join(ProposalPicture, ProposalPicture.proposal_id == Project.proposal_id)
        .where(Project.round_id == round_.id)
        .order_by(ProposalPicture.position.desc(), ProposalPicture.id.desc())
    )
    return {row.key: row.ProposalPicture for row in rows}


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
