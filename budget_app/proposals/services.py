"""The verbs of proposals: written and submitted by citizens, decided by reviewers."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.administration.models import Act
from budget_app.administration.outbox import address, post
from budget_app.administration.records import record
from budget_app.browsing.following import Happening, tell_followers
from budget_app.extensions import db
from budget_app.proposals.costs import CostLine, total
from budget_app.proposals.history import keep_version, newest_number
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.errors import RoundError, RoundSealed
from budget_app.rounds.models import District, PhaseKind, Round, RoundState
from budget_app.rounds.projects import ProjectFacts, add_project, refuse_unaffordable
from voting import clock


class NotProposing(RoundError):
    """Writing outside the proposing phase."""

    sentence = _l("Proposals are collected only in the dates announced for it.")


class AlreadyDecided(RoundError):
    """The proposal is no longer in the state in which this could be done."""

    sentence = _l("This proposal was submitted, withdrawn or decided meanwhile.")


class ChangedMeanwhile(RoundError):
    """Somebody else saved the proposal while this person wrote."""

    sentence = _l(
        "Somebody else changed this proposal while you wrote; the history shows what."
        " Your text is still here: save again to let it stand in place of theirs."
    )


class Unfinished(RoundError):
    """Publishing a proposal that does not say what it is."""

    sentence = _l("Sum the proposal up and describe it before you submit it.")


class OwnProposal(RoundError):
    """A reviewer's own proposal."""

    sentence = _l("Somebody else must review a proposal of your own.")


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


def change(
    proposal: Proposal, text: ProposalText, *, by: User, based_on: int | None = None
) -> None:
    """Rewrite a draft, or a public proposal: every change of it stays in its history.

    `based_on` is the version that the writer began with; raises `ChangedMeanwhile` when it is no
    longer the newest, and `Unfinished`.
    """
    begin_rewriting(proposal)
    if based_on is not None and based_on != newest_number(proposal):
        raise ChangedMeanwhile
    if proposal.is_public and not (text.summary and text.description):
        raise Unfinished
    for name, value in text.columns().items():
        setattr(proposal, name, value)
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


def accept(proposal: Proposal, cost: int, explanation: str, *, by: User) -> None:
    """Accept with a final cost: the proposal becomes a project on the ballot.

    Raises `InvalidField` when the cost is above the district's budget.
    """
    _refuse_review(proposal, by)
    refuse_unaffordable("cost", cost, proposal.district)
    proposal.cost = cost
    _decide(proposal, ProposalState.ACCEPTED, explanation, by)
    facts = ProjectFacts(
        district=proposal.district,
        names={proposal.language: proposal.title},
        cost=cost,
        summaries={proposal.language: proposal.summary},
        categories=list(proposal.categories),
    )
    add_project(proposal.round_, facts, by=by, proposal_id=proposal.id)
    _record(Act.PROPOSAL_ACCEPTED, proposal, by)
    _tell_author(proposal, accepted=True)
    tell_followers(proposal, Happening.ACCEPTED, words=explanation, by=proposal.author)


def reject(proposal: Proposal, reason: str, *, by: User) -> None:
    """Reject with a reason that is published."""
    _refuse_review(proposal, by)
    _decide(proposal, ProposalState.REJECTED, reason, by)
    _record(Act.PROPOSAL_REJECTED, proposal, by)
    _tell_author(proposal, accepted=False)
    tell_followers(proposal, Happening.REJECTED, words=reason, by=proposal.author)


def _refuse_review(proposal: Proposal, by: User) -> None:
    if proposal.round_.is_sealed:
        raise RoundSealed
    _expect(proposal, ProposalState.SUBMITTED)
    if proposal.author_id == by.id:
        raise OwnProposal


def _decide(proposal: Proposal, state: ProposalState, explanation: str, by: User) -> None:
    proposal.explanation = explanation
    proposal.reviewed_by = by
    proposal.reviewed_at = clock.now(db.session())
    proposal.state = state


def _expect(proposal: Proposal, *states: ProposalState) -> None:
    if proposal.state not in states:
        raise AlreadyDecided


def _record(act: Act, proposal: Proposal, actor: User) -> None:
    record(act, actor=actor, round_=proposal.round_, proposal=proposal.id)


def _tell_author(proposal: Proposal, *, accepted: bool) -> None:
    language = proposal.author.language
    page = address(
        "proposals.show",
        language=language,
        parliament=proposal.round_.parliament.slug,
        round_slug=proposal.round_.slug,
        proposal_id=proposal.id,
    )
    with force_locale(language):
        post(
            proposal.author.email,
            _("What became of your proposal"),
            render_template(
                "emails/proposal_decided.txt", proposal=proposal, accepted=accepted, address=page
            ),
        )
