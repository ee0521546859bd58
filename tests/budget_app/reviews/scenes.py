"""A round whose proposals are reviewed by rosa and rui, administered by ada and ben."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.queries import by_slug
from budget_app.proposals.models import Coauthor, Proposal, ProposalState
from budget_app.reviews.criteria import answer_field
from budget_app.rounds.checklists import USUAL
from tests.budget_app.browsing.scenes import LIST, Proposing, proposing_round
from tests.budget_app.rounds.office import Browser, Office
from voting import clock

ALL_YES = {answer_field(key): "yes" for key in USUAL}
FEASIBLE = ALL_YES | {
    "verdict": "feasible",
    "cost": "800",
    "words": "Feasible within the year.",
    "publish": "1",
}
NOT_FEASIBLE = {"verdict": "not_feasible", "words": "Too steep a roof.", "publish": "1"}


@dataclass
class Reviewing:
    """Proposals by `ana`; every act through the pages."""

    scene: Proposing
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        return self.scene.office

    def propose(self, title: str = "A new roof", **facts: Any) -> int:
        return self.scene.propose(
            title, **{"summary": "It rains in.", "description": "The roof leaks.", **facts}
        )

    def by(self, name: str) -> Browser:
        if name not in self.browsers:
            self.browsers[name] = self.office.browser(name)
        return self.browsers[name]

    def declare(self, name: str, number: int, conflict: str = "no", words: str = "") -> None:
        data = {"conflict": conflict, "words": words}
        self.by(name).saved(f"{LIST}{number}/review/declare", data)

    def begin(self, name: str, number: int) -> Browser:
        """`name` takes the proposal and declares to have no conflict."""
        self.declare(name, number)
        self.by(name).saved(f"{LIST}{number}/review/take")
        return self.by(name)

    def reject(self, name: str, number: int) -> None:
        self.begin(name, number).saved(f"{LIST}{number}/review", NOT_FEASIBLE)

    def state_of(self, number: int) -> ProposalState:
        with self.office.work():
            return db.session.get_one(Proposal, number).state

    def mails_to(self, name: str) -> list[str]:
        """Subject and text of each mail, oldest first."""
        query = db.select(OutgoingMail).where(OutgoingMail.recipient == f"{name}@example.org")
        with self.office.work():
            mails = db.session.scalars(query.order_by(OutgoingMail.id))
            return [f"{mail.subject}\n{mail.body}" for mail in mails]

    def public(self, number: int) -> str:
        return self.office.stranger().text(f"{LIST}{number}")

    def write_along(self, name: str, number: int) -> Browser:
        """`name` is a co-author who accepted."""
        browser = self.by(name)
        with self.office.work():
            now = clock.now(db.session())
            proposal = db.session.get_one(Proposal, number)
            user = self.office.person(name)
            proposal.coauthors.append(Coauthor(user=user, invited_at=now, accepted_at=now))
        return browser


def review_as(office: Office, name: str, number: int, verdict: dict[str, str]) -> None:
    """The whole review of a proposal in the round `schools` by one reviewer."""
    browser, review = office.browser(name), f"{LIST}{number}/review"
    browser.saved(f"{review}/declare", {"conflict": "no"})
    browser.saved(f"{review}/take")
    browser.saved(review, verdict)


def reviewed_round(app: Flask) -> Reviewing:
    scene = Reviewing(proposing_round(app))
    with scene.office.work():
        parliament = by_slug("example")
        assert parliament is not None
        rui = accounts.ensure_user("rui@example.org", name="Rui")
        rui.office = "Office of Rui"
        accounts.grant(rui, parliament, Role.REVIEWER)
    return scene
