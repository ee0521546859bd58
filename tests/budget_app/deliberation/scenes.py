"""What people talk about: ana's proposal, its round, and a hearing; mia and max are moderators."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.accounts.limits import hit
from budget_app.accounts.models import Role
from budget_app.deliberation import services
from budget_app.deliberation.forms import HOUR
from budget_app.deliberation.models import Comment, Decision, Stance
from budget_app.deliberation.services import Words
from budget_app.deliberation.subjects import Subject, subject_of
from budget_app.extensions import db
from budget_app.hearings import drafts
from budget_app.hearings import services as hearings
from budget_app.hearings.services import HearingFacts
from budget_app.proposals import services as proposals
from budget_app.proposals.models import Proposal
from budget_app.proposals.services import ProposalText
from tests.budget_app.rounds.office import HOME, ROUND, Office, found_office
from voting import clock

PROPOSAL = ROUND + "proposals/1"
COMMENTS = PROPOSAL + "/comments"
HEARING = HOME + "hearings/1"
MODERATION = HOME + "moderation/"
OFFICIALS = {"mia": Role.MODERATOR, "max": Role.MODERATOR, "pat": Role.PARLIAMENTARIAN}


@dataclass(frozen=True)
class Talk:
    """The office, and what people say."""

    office: Office
    numbers: Any = field(default_factory=itertools.count)

    def words(self, text: str = "Good.", **more: Any) -> dict[str, str]:
        """What the form of a comment sends."""
        return {
            "text": text,
            "language": "en",
            "stance": "for",
            "once": f"form {next(self.numbers)}",
            **more,
        }

    def say(self, name: str, text: str = "Good.", **more: Any) -> int:
        """The number of a new comment of `name`; `below` is the number of another."""
        below, official = more.pop("below", None), more.pop("official", False)
        with self.office.work():
            words = Words(
                text=text,
                language=more.pop("language", "en"),
                once=f"said {next(self.numbers)}",
                stance=more.pop("stance", Stance.FOR),
            )
            made = services.post(
                self.subject(),
                words,
                author=accounts.ensure_user(f"{name}@example.org", name=name.title()),
                below=db.session.get_one(Comment, below) if below else None,
                official=official,
            )
            return made.id

    def proposal(self) -> Proposal:
        return db.session.get_one(Proposal, 1)

    def subject(self) -> Subject:
        return subject_of(self.proposal())

    def comment(self, number: int) -> Comment:
        """As it stands in the database now."""
        with self.office.work():
            found = db.session.get_one(Comment, number)
            db.session.expunge(found)
            return found

    def comments(self) -> list[str]:
        with self.office.work():
            return list(db.session.scalars(db.select(Comment.text).order_by(Comment.id)))

    def decision(self) -> Decision:
        with self.office.work():
            found = db.session.scalars(db.select(Decision).order_by(Decision.id.desc())).first()
            assert found is not None
            db.session.expunge(found)
            return found

    def tried(self, name: str, what: str, times: int) -> None:
        """As if somebody had done something so often within the hour."""
        self.office.browser(name)
        with self.office.work():
            for _ in range(times):
                hit(what, str(self.office.person(name).id), limit=times, seconds=HOUR)

    def report(self, name: str, number: int, **more: str) -> None:
        address = f"{COMMENTS}/{number}/report"
        self.office.browser(name).saved(address, {"rule": "insult", "words": "", **more})

    def hide(self, number: int, by: str = "mia", reported_by: str = "eva") -> Decision:
        """A comment reported by one person and hidden by a moderator."""
        self.report(reported_by, number)
        data = {"rule": "insult", "explanation": "It insults people."}
        self.office.browser(by).saved(f"{MODERATION}comments/{number}/hide", data)
        return self.decision()


def talk_scene(app: Flask) -> Talk:
    office = found_office(app)
    office.announce()
    with office.work():
        parliament = office.round_().parliament
        for name, role in OFFICIALS.items():
            user = accounts.ensure_user(f"{name}@example.org", name=name.title())
            user.office = f"Office of {name.title()}"
            accounts.grant(user, parliament, role)
        ana = accounts.ensure_user("ana@example.org", name="Ana")
        text = ProposalText(office.round_().districts[0], "A new roof", "It rains in.", "Now.")
        with clock.replay(clock.now(db.session()) - timedelta(hours=20)):
            proposals.submit(proposals.start(office.round_(), text, author=ana, language="en"))
        starts = clock.now(db.session()) + timedelta(days=1)
        facts = HearingFacts(
            {"en": "An evening about roofs"},
            starts,
            starts + timedelta(hours=2),
            chairs=[accounts.ensure_user("pat@example.org")],
        )
        drafts.announce(hearings.prepare(parliament, facts, by=None), by=None)
    return Talk(office)
