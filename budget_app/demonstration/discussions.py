"""What the people of the example say about its proposals, and what its moderator decided."""

from datetime import datetime, timedelta

from sqlalchemy import select

from budget_app.accounts.models import Role
from budget_app.deliberation import moderation, services
from budget_app.deliberation.models import Comment, Rule, Stance
from budget_app.deliberation.moderation import Explained
from budget_app.deliberation.services import Words
from budget_app.demonstration import people
from budget_app.demonstration.content import Table, read
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Round
from voting import clock

TO_DECIDE = timedelta(hours=6)
"""Between a report and its decision, and between an appeal and its own."""


def discuss(round_: Round) -> None:
    """Every thread of the content, at the hours that it names."""
    for thread in read("comments")["threads"]:
        proposal = db.session.scalars(
            select(Proposal).where(
                Proposal.round_id == round_.id, Proposal.title == thread["proposal"]
            )
        ).one()
        begin = proposal.submitted_at or proposal.created_at
        for entry in thread["comments"]:
            comment = _say(proposal, entry, begin)
            for reply in entry.get("replies", []):
                _say(proposal, reply, begin, below=comment)
            _moderate(comment, entry)


def _say(
    proposal: Proposal, entry: Table, begin: datetime, below: Comment | None = None
) -> Comment:
    words = Words(
        text=entry["text"],
        language=entry["language"],
        once=f"example at {entry['hours']} of {proposal.id}",
        stance=Stance(entry.get("stance", Stance.NEUTRAL)),
    )
    with clock.replay(begin + timedelta(hours=entry["hours"])):
        comment = services.post(
            proposal,
            words,
            author=people.person(entry["author"]),
            below=below,
            official=entry.get("official", False),
        )
        for useful, name in ((True, "useful"), (False, "not_useful")):
            for email in entry.get(name, []):
                services.vote(comment, people.person(email), useful)
    return comment


def _moderate(comment: Comment, entry: Table) -> None:
    if "reported" in entry:
        told = entry["reported"]
        with clock.replay(comment.created_at + TO_DECIDE):
            moderation.report(
                comment, Rule(told["rule"]), told["words"], by=people.person(told["by"])
            )
    if "hidden" in entry:
        _hide(comment, entry["hidden"])


def _hide(comment: Comment, told: Table) -> None:
    """Reported, hidden by the moderator, and as far appealed as the content says."""
    rule, reported = Rule(told["rule"]), comment.created_at + timedelta(hours=1)
    with clock.replay(reported):
        moderation.report(comment, rule, "", by=people.person(told["by"]))
    with clock.replay(reported + TO_DECIDE):
        explained = Explained(told["explanation"], told["language"])
        decision = moderation.hide(comment, rule, explained, by=people.with_role(Role.MODERATOR)[0])
        if "appeal" in told:
            moderation.appeal(decision, told["appeal"], by=comment.author)
    if "decision" in told:
        with clock.replay(reported + 2 * TO_DECIDE):
            clerk = people.with_role(Role.ADMINISTRATOR)[1]
            explained = Explained(told["decision"], told["decision_language"])
            moderation.decide_appeal(decision, told["upheld"], explained, by=clerk)
