"""From a draft that reviewers share to a decision that everybody reads."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.browsing.following import Happening, tell_followers
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.reviews.assignments import (
    end_assignment,
    hold,
    refuse_outsiders,
    refuse_undeclared,
)
from budget_app.reviews.checklists import keys_of
from budget_app.reviews.criteria import refuse_gaps
from budget_app.reviews.errors import NotUnderReview
from budget_app.reviews.mails import tell_decision, writers
from budget_app.reviews.models import Checklist, Draft, Ending, Note, ReviewDecision, Verdict
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.projects import ProjectFacts, add_project, refuse_unaffordable
from budget_app.rounds.unsealed import refuse_sealed
from voting import clock


@dataclass(frozen=True)
class Findings:
    """What a reviewer has found so far; `cost` in minor units."""

    verdict: Verdict | None = None
    cost: int | None = None
    words: str = ""
    checklist: Checklist = field(default_factory=dict)


def save_draft(proposal: Proposal, findings: Findings, *, by: User) -> None:
    """Keep what is found so far; nobody but reviewers learns of it."""
    _begin(proposal, by)
    draft = db.session.get(Draft, proposal.id)
    if draft is None:
        draft = Draft(proposal_id=proposal.id)
        db.session.add(draft)
    for name, value in vars(findings).items():
        setattr(draft, name, value)
    draft.saved_at, draft.saved_by = clock.now(db.session()), by


def decide(proposal: Proposal, findings: Findings, *, by: User) -> None:
    """Publish the decision; raises `InvalidField` where something is missing or unaffordable."""
    _begin(proposal, by)
    if findings.verdict is None:
        raise InvalidField("verdict", _("Say whether the proposal is feasible."))
    refuse_silence(findings.words)
    if findings.verdict is Verdict.FEASIBLE:
        refuse_gaps(findings.checklist, keys_of(proposal.round_))
        accept(proposal, findings.cost, findings.words, by=by, checklist=findings.checklist)
    else:
        _reject(proposal, findings, by)
    draft = db.session.get(Draft, proposal.id)
    if draft is not None:
        db.session.delete(draft)


def accept(
    proposal: Proposal, cost: int | None, words: str, *, by: User, checklist: Checklist
) -> None:
    """Accept with a final cost: the proposal becomes a project on the ballot.

    Raises `InvalidField` without a cost, or with one above the district's budget.
    """
    if cost is None:
        raise InvalidField("cost", _("Enter the final cost."))
    refuse_unaffordable("cost", cost, proposal.district)
    proposal.cost = cost
    _keep(proposal, Findings(Verdict.FEASIBLE, cost, words, checklist), by)
    facts = ProjectFacts(
        district=proposal.district,
        names={proposal.language: proposal.title},
        cost=cost,
        summaries={proposal.language: proposal.summary},
        categories=list(proposal.categories),
    )
    add_project(proposal.round_, facts, by=by, proposal_id=proposal.id)
    record(Act.PROPOSAL_ACCEPTED, actor=by, round_=proposal.round_, proposal=proposal.id)
    tell_decision(proposal, accepted=True)
    tell_followers(proposal, Happening.ACCEPTED, words=words, told_already=writers(proposal))


def _reject(proposal: Proposal, findings: Findings, by: User) -> None:
    _keep(proposal, Findings(findings.verdict, None, findings.words, findings.checklist), by)
    record(Act.PROPOSAL_REJECTED, actor=by, round_=proposal.round_, proposal=proposal.id)
    tell_decision(proposal, accepted=False)
    tell_followers(
        proposal, Happening.REJECTED, words=findings.words, told_already=writers(proposal)
    )


def write_note(proposal: Proposal, text: str, *, by: User) -> None:
    """Tell the other reviewers something, once; also after the decision."""
    refuse_undeclared(proposal, by)
    if _is_last_note(proposal, text, by):  # a second press, or the page loaded again
        return
    now = clock.now(db.session())
    db.session.add(Note(proposal_id=proposal.id, author=by, text=text, at=now))


def _is_last_note(proposal: Proposal, text: str, by: User) -> bool:
    notes = select(Note).where(Note.proposal_id == proposal.id)
    last = db.session.scalar(notes.order_by(Note.id.desc()).limit(1))
    return last is not None and (last.author, last.text) == (by, text)


def refuse_silence(words: str) -> None:
    """Raise `InvalidField` where nothing was said."""
    if not words:
        raise InvalidField("words", _("Give your reasons: everybody will read them."))


def expect_undecided(proposal: Proposal) -> None:
    """Raise `NotUnderReview`, or `RoundSealed`, where nothing can be decided any more."""
    refuse_sealed(proposal.round_)
    if proposal.state is not ProposalState.SUBMITTED:
        raise NotUnderReview


def _begin(proposal: Proposal, by: User) -> None:
    hold(proposal)
    expect_undecided(proposal)
    refuse_outsiders(proposal, by)


def _keep(proposal: Proposal, findings: Findings, by: User) -> None:
    """The decision as a row of the history, and as what the proposal is now."""
    feasible = findings.verdict is Verdict.FEASIBLE
    now = clock.now(db.session())
    db.session.add(
        ReviewDecision(proposal_id=proposal.id, decided_by=by, decided_at=now, **vars(findings))
    )
    proposal.explanation = findings.words
    proposal.reviewed_by = by
    proposal.reviewed_at = now
    proposal.state = ProposalState.ACCEPTED if feasible else ProposalState.REJECTED
    end_assignment(proposal, Ending.FINISHED)
