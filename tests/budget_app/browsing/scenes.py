"""A round that collects proposals, and proposals made straight into it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.models import District
from tests.budget_app.rounds.office import ROUND, Office, found_office
from tests.budget_app.snapshots import copied
from voting import clock

LIST = ROUND + "proposals/"


@dataclass(frozen=True)
class Proposing:
    """The office's round `schools` in its weeks of proposals; two districts."""

    office: Office

    def propose(self, title: str, **facts: Any) -> int:
        """A submitted proposal by `ana`; answers to its number."""
        facts = {
            "language": "en",
            "state": ProposalState.SUBMITTED,
            "district": "national",
            **facts,
        }
        with self.office.work():
            round_ = self.office.round_()
            district = round_.district(facts.pop("district"))
            now = clock.now(db.session())
            proposal = Proposal(
                round_=round_,
                district=district,
                author=accounts.ensure_user("ana@example.org"),
                title=title,
                created_at=now,
                submitted_at=None if facts["state"] is ProposalState.DRAFT else now,
                **facts,
            )
            db.session.add(proposal)
            db.session.flush()
            return proposal.id


def proposing_round(app: Flask) -> Proposing:
    office = found_office(app)
    copied(app, "proposing", lambda: _announce(office))
    return Proposing(office)


def _announce(office: Office) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        round_.districts.append(District(slug="south", names={"en": "South"}, budget=1000_00))
