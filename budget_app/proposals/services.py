"""The verbs of proposals: written, submitted and withdrawn by citizens."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.browsing.following import Happening, tell_followers
from budget_app.extensions import db
from budget_app.proposals.costs import CostLine, total
from budget_app.proposals.history import keep_version
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import RoundError
from budget_app.rounds.models import District, PhaseKind, Round, RoundState
from voting import clock


class NotProposing(RoundError):
    """Writing outside the proposing phase."""

    sentence = _l("Proposals are collected only in the dates announced for it.")


class AlreadyDecided(RoundError):
    """The proposal is no longer in the state in which this could be done."""

    sentence = _l("This proposal was submitted, withdrawn or decided meanwhile.")


class Unfinished(RoundError):
    """Publishing a proposal that does not say what it is."""

    sentence = _l("Sum the proposal up and describe it before you submit it.")


@dataclass(frozen=True)
class ProposalText:
    """What authors write; `estimate` in minor units, replaced by the sum of the lines if there are any.

    `latitude` and `longitude` in degrees (WGS 84), both or none; `goals` by number.
    """

    district: District
    title: str
    summary: str = ""
    description: str = ""
    categories: list[str] = field(default_factory=list)
    estimate: int | None = None
    goals: list[int] = field(default_factory=list)
    lines: list[CostLine] = field(default_factory=list)
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def columns(self) -> dict[str, Any]:
        """The values as the proposal's row keeps them."""
        lines = [line.row for line in self.lines]
        estimate = total(self.lines) if self.lines else self.estimate
        return {**vars(self), "lines": lines, "estimate": estimate}


def is_proposing(round_: Round) -> bool:
    """Whether proposals can be written and submitted now."""
    return round_.state is RoundState.ANNOUNCED and round_.in_phase(
        PhaseKind.PROPOSING, clock.now(db.session())
    )


def start(round_: Round, text: ProposalText, *, author: User, language: str) -> Proposal:
    """A draft that only its author sees; raises `NotProposing`."""
    if not is_proposing(round_):
        raise NotProposing
    proposal = Proposal(
        round_id=round_.id,
        round_=round_,
        author=author,
        language=language,
        state=ProposalState.DRAFT,
        created_at=clock.now(db.session()),
        **text.columns(),
    )
    db.session.add(proposal)
    keep_version(proposal, author)
    return proposal


def change(proposal: Proposal, text: ProposalText, *, by: User) -> None:
    """Rewrite a draft, or a public proposal: every change of it stays in its history.

    Raises `Unfinished`.
    """
    begin_rewriting(proposal)
    if proposal.is_public and not (text.summary and text.description):
        raise Unfinished
    for name, value in text.columns().items():
        setattr(proposal, name, value)
    proposal.refused = None
    keep_version(proposal, by)


def can_be_rewritten(proposal: Proposal) -> bool:
    """Whether authors may still change it: in the proposing phase, until it is decided."""
    open_states = (ProposalState.DRAFT, ProposalState.SUBMITTED)
    return proposal.state in open_states and is_proposing(proposal.round_)


def refuse_rewriting(proposal: Proposal) -> None:
    """Raise `AlreadyDecided` or `NotProposing` unless authors may still change it."""
    _expect(proposal, ProposalState.DRAFT, ProposalState.SUBMITTED)
    if not is_proposing(proposal.round_):
        raise NotProposing


def begin_rewriting(proposal: Proposal) -> None:
    """As `refuse_rewriting`, and let nobody else change the proposal until the transaction ends."""
    row = select(Proposal.id).where(Proposal.id == proposal.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(proposal)
    refuse_rewriting(proposal)


def submit(proposal: Proposal) -> None:
    """Publish a draft and hand it to the reviewers; raises `Unfinished`."""
    begin_rewriting(proposal)
    _expect(proposal, ProposalState.DRAFT)
    if not (proposal.summary and proposal.description):
        raise Unfinished
    proposal.state = ProposalState.SUBMITTED
    proposal.submitted_at = clock.now(db.session())
    keep_version(proposal, proposal.author)
    _record(Act.PROPOSAL_SUBMITTED, proposal, proposal.author)


def withdraw(proposal: Proposal, reason: str = "") -> None:
    """Take back a draft or a proposal that is not decided yet; what was public stays readable."""
    _expect(proposal, ProposalState.DRAFT, ProposalState.SUBMITTED)
    proposal.state = ProposalState.WITHDRAWN
    proposal.withdrawn_at = clock.now(db.session())
    proposal.withdrawal_reason = reason
    _record(Act.PROPOSAL_WITHDRAWN, proposal, proposal.author)
    tell_followers(proposal, Happening.WITHDRAWN, by=proposal.author)


def _expect(proposal: Proposal, *states: ProposalState) -> None:
    if proposal.state not in states:
        raise AlreadyDecided


def _record(act: Act, proposal: Proposal, actor: User) -> None:
    record(act, actor=actor, round_=proposal.round_, proposal=proposal.id)
