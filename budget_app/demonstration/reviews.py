"""What reviewers of the example find, ask and decide, and what authors answer."""

from budget_app.accounts.models import Role, User
from budget_app.demonstration import people
from budget_app.demonstration.content import Table
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.reviews import appeals, assignments, decisions, merging, questions
from budget_app.reviews.checklists import keys_of
from budget_app.reviews.criteria import Answer
from budget_app.reviews.decisions import Findings
from budget_app.reviews.models import AppealOutcome, Checklist, Question, Verdict


def review(proposal: Proposal, entry: Table, unit: int) -> None:
    """Do what `entry` says: step back, ask, answer, note, decide; `unit` is one major unit."""
    if not any(word in entry for word in ("reason", "explanation", "question", "note")):
        return
    reviewer = _reviewer(proposal, entry)
    assignments.declare(proposal, by=reviewer, conflict=False)
    assignments.take(proposal, by=reviewer)
    if "note" in entry:
        decisions.write_note(proposal, entry["note"], by=reviewer)
    if "question" in entry:
        _ask(proposal, entry, reviewer)
    if "reason" in entry:
        findings = Findings(
            Verdict.NOT_FEASIBLE, None, entry["reason"], _checklist(proposal, entry)
        )
        decisions.decide(proposal, findings, by=reviewer)
    elif "explanation" in entry:
        cost = entry["cost"] * unit
        findings = Findings(
            Verdict.FEASIBLE, cost, entry["explanation"], _checklist(proposal, entry)
        )
        decisions.decide(proposal, findings, by=reviewer)


def appeal(proposal: Proposal, entry: Table) -> None:
    """The author appeals, and an administrator who did not decide before decides."""
    appeals.make_appeal(proposal, entry["appeal"]["reasons"], by=proposal.author)
    office = people.with_role(Role.ADMINISTRATOR)[0]
    assignments.declare(proposal, by=office, conflict=False)
    assignments.take(proposal, by=office)
    outcome = AppealOutcome(entry["appeal"]["outcome"])
    appeals.decide_appeal(proposal, outcome, entry["appeal"]["words"], by=office)


def merge(source: Proposal, target: Proposal, reasons: str) -> None:
    """A reviewer proposes it, and both authors agree."""
    request = merging.propose_merge(source, target, reasons, by=_taken(source))
    for author in (source.author, target.author):
        merging.answer_merge(request, by=author, agrees=True)


def ask_to_merge(source: Proposal, target: Proposal, entry: Table) -> None:
    """A reviewer asks, takes it back and asks again; co-authors object, and no author has answered."""
    reviewer = _taken(source)
    if "taken_back" in entry:
        first = merging.propose_merge(source, target, entry["taken_back"], by=reviewer)
        merging.withdraw(first, by=reviewer)
    request = merging.propose_merge(source, target, entry["reasons"], by=reviewer)
    for objection in entry["objections"]:
        merging.object_to(request, objection["words"], by=people.person(objection["by"]))


def _taken(proposal: Proposal) -> User:
    """The reviewer, who takes it."""
    reviewer = people.with_role(Role.REVIEWER)[0]
    assignments.declare(proposal, by=reviewer, conflict=False)
    assignments.take(proposal, by=reviewer)
    return reviewer


def _reviewer(proposal: Proposal, entry: Table) -> User:
    """The reviewer, or an administrator where the reviewer has a conflict of interest."""
    reviewer = people.with_role(Role.REVIEWER)[0]
    if "conflict" not in entry:
        return reviewer
    assignments.declare(proposal, by=reviewer, conflict=True, words=entry["conflict"])
    return people.with_role(Role.ADMINISTRATOR)[1]


def _ask(proposal: Proposal, entry: Table, reviewer: User) -> None:
    questions.ask(proposal, entry["question"], by=reviewer)
    db.session.flush()
    if "answer" in entry:
        asked = db.session.scalars(
            db.select(Question).where(Question.proposal_id == proposal.id)
        ).one()
        questions.answer(proposal, asked, entry["answer"], by=proposal.author)


def _checklist(proposal: Proposal, entry: Table) -> Checklist:
    """Yes to everything but what `doubts` names with a note."""
    doubts = entry.get("doubts", {})
    return {
        key: {"answer": Answer.NO if key in doubts else Answer.YES, "note": doubts.get(key, "")}
        for key in keys_of(proposal.round_)
    }
