"""What the people of the example say about proposals, rounds and hearings; what moderators decided."""

from datetime import datetime, timedelta

from sqlalchemy import select

from budget_app.accounts.models import Role
from budget_app.deliberation import moderation, services
from budget_app.deliberation.models import Comment, Rule, Stance
from budget_app.deliberation.moderation import Explained
from budget_app.deliberation.services import Words
from budget_app.deliberation.subjects import OfHearing, OfProposal, OfRound, Subject
from budget_app.demonstration import people
from budget_app.demonstration.content import Table, read
from budget_app.extensions import db
from budget_app.hearings.queries import hearings_of
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Round
from voting import clock

TO_DECIDE = timedelta(hours=6)
"""Between a report and its decision, and between an appeal and its own."""


def discuss(round_: Round) -> None:
    """Every thread of the content about the round's proposals, at the hours that it names."""
    for thread in _threads("proposal"):
        proposal = db.session.scalars(
            select(Proposal).where(
                Proposal.round_id == round_.id, Proposal.title == thread["proposal"]
            )
        ).one()
        _hold(OfProposal(proposal), thread, proposal.submitted_at or proposal.created_at)


def discuss_as_a_whole(round_: Round) -> None:
    """What people say about the round itself; hours are counted from its announcement."""
    for thread in _threads("round"):
        if thread["round"] == round_.slug:
            _hold(OfRound(round_), thread, round_.announced_at or round_.created_at)


def discuss_hearings(parliament: Parliament) -> None:
    """What people say about hearings; hours are counted from the end, before it they are negative."""
    threads = {thread["hearing"]: thread for thread in _threads("hearing")}
    for hearing in hearings_of(parliament):
        thread = threads.pop(hearing.round_.slug, None) if hearing.round_ else None
        if thread:
            _hold(OfHearing(hearing), thread, hearing.ended_at or hearing.ends)


def _threads(kind: str) -> list[Table]:
    return [thread for thread in read("comments")["threads"] if kind in thread]


def _hold(subject: Subject, thread: Table, begin: datetime) -> None:
    for entry in thread["comments"]:
        comment = _say(subject, entry, begin)
        for reply in entry.get("replies", []):
            _say(subject, reply, begin, below=comment)
        _moderate(comment, entry)


def _say(subject: Subject, entry: Table, begin: datetime, below: Comment | None = None) -> Comment:
    words = Words(
        text=entry["text"],
        language=entry["language"],
        once=f"{subject.key} {subject.number} at {entry['hours']}",
        stance=Stance(entry.get("stance", Stance.NEUTRAL)),
    )
    with clock.replay(begin + timedelta(hours=entry["hours"])):
        comment = services.post(
            subject,
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
        moderator = people.with_role(Role.MODERATOR)[0]
        decision = moderation.hide(comment, rule, explained, by=moderator)
        if told.get("taken_back"):
            moderation.restore(decision, by=moderator)
            moderation.keep(comment, by=moderator)
        if "appeal" in told:
            moderation.appeal(decision, told["appeal"], by=comment.author)
    if "decision" in told:
        with clock.replay(reported + 2 * TO_DECIDE):
            clerk = people.with_role(Role.ADMINISTRATOR)[1]
            explained = Explained(told["decision"], told["decision_language"])
            moderation.decide_appeal(decision, told["upheld"], explained, by=clerk)
