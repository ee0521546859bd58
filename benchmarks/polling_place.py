"""A round that is open, with voters who are signed in and stand before the cast button."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from flask import Flask

from benchmarks import logged
from benchmarks.logged import Cast
from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import SignIn
from budget_app.booth import queries
from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from budget_app.rounds import acts, districts, rules, secrecy, services
from budget_app.rounds.models import PhaseKind, Round
from budget_app.rounds.projects import ProjectFacts, add_project
from budget_app.rounds.replays import VoterBallot, cast_all, service_accounts
from budget_app.settings import Settings
from tallying.election import BallotStyle
from voting import ballots, box, clock, eligibility, roll
from voting.box import CastRequest
from voting.database import writing
from voting.models import LayerPurpose, Voter
from voting.roll_file import Line

HOST = "127.0.0.1"
ADDRESS = "/en/benchmark/rounds/streets/vote"
BOX = "national"
PROJECTS = 40
DICE = "12345612345612345612"
TOKEN_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class PollingPlace:
    """`browsers` are pairs of a session cookie and a form's token, one for each voter."""

    app: Flask
    poll_id: str
    choice: str
    voter_refs: list[str]
    browsers: list[tuple[str, str]]
    bulk: list[VoterBallot]

    @classmethod
    def open(cls, settings: Settings, voters: int, bulk: int, *, sealed: bool = False) -> Self:
        """A round with `voters` who will cast through HTTP and `bulk` whose ballots come at once.

        `sealed`: the server seals every ballot, and holds both bodies' keys itself.
        """
        app = create_app(settings)
        with app.app_context(), writing():
            round_ = _make_round(voters + bulk, sealed=sealed)
            poll_id = round_.poll_id
            db.session.commit()
            if sealed:
                secrecy.open_exercise(poll_id, LayerPurpose.TEST)
            acts.open_voting(round_, *service_accounts("benchmark", "First", "Second"))
            choice = round_.projects[0].key
            refs = [_claim(round_, number) for number in range(voters)]
            db.session.commit()
        browsers = [_browser(app, number) for number in range(voters)]
        body = ballots.encode(BallotStyle.APPROVAL, [choice])
        rest = [VoterBallot(f"ID{number}", body) for number in range(voters, voters + bulk)]
        return cls(app, poll_id, choice, refs, browsers, rest)

    def tokens(self) -> list[str]:
        """One fresh token for each voter."""
        with self.app.app_context(), writing():
            issued = box.issue_tokens(db.session(), self.poll_id, self.voter_refs)
            db.session.commit()
        return issued

    def requests(self, rounds: int) -> list[CastRequest]:
        """`rounds` ballots of each voter, to be put straight into the box."""
        body = ballots.encode(BallotStyle.APPROVAL, [self.choice])
        return [
            CastRequest(self.poll_id, ref, token, body)
            for _ in range(rounds)
            for ref, token in zip(self.voter_refs, self.tokens(), strict=True)
        ]

    def waits(self, casts: Sequence[Cast]) -> list[float]:
        """Seconds from each receipt until its entry is in the signed log."""
        with self.app.app_context():
            return logged.waits(db.session(), self.poll_id, casts)

    def cast_in_bulk(self) -> float:
        """Ballots per second through `box.cast_many`."""
        with self.app.app_context(), writing():
            round_ = db.session.scalars(db.select(Round)).one()
            began = time.perf_counter()
            cast = cast_all(round_, self.bulk, lambda _done: None)
            db.session.commit()
            return cast.accepted / (time.perf_counter() - began)

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def _make_round(people: int, *, sealed: bool) -> Round:
    parliament = create_parliament(
        "benchmark", {"en": "Benchmark"}, languages=["en"], currency="EUR"
    )
    now = clock.now(db.session())
    texts = {"en": "Streets"}
    round_ = services.create_round(parliament, texts, by=None, slug="streets", summaries=texts)
    voting = {PhaseKind.VOTING: (now - timedelta(days=1), now + timedelta(days=1))}
    services.set_phases(round_, voting, by=None)
    rules.set_style(round_, BallotStyle.APPROVAL.value, by=None)
    districts.change_district(round_.districts[0], texts, 1_000_000_00, by=None)
    rules.choose_rule(round_, "greedy", by=None)
    (secrecy.choose_exercise if sealed else secrecy.choose_open)(round_, by=None)
    services.announce(round_, by=None)
    for number in range(PROJECTS):
        facts = ProjectFacts(round_.districts[0], {"en": f"Street {number}"}, 50_000_00)
        add_project(round_, facts, by=None)
    rules.draw_lots(round_, DICE, "A benchmark.", by=None)
    lines = [Line(number, f"ID{number}", BOX) for number in range(people)]
    roll.enter(db.session(), queries.keys(), round_.poll_id, lines)
    services.seal(round_)
    return round_


def _claim(round_: Round, number: int) -> str:
    """A signed-in account at its place on the roll; answers the voter's reference."""
    user = accounts.ensure_user(_email(number))
    now = clock.now(db.session())
    db.session.add(
        SignIn(
            token_hash=sessions.token_hash(_email(number)),
            user=user,
            created_at=now,
            ends_at=now + timedelta(hours=1),
        )
    )
    ref = eligibility.voter_ref(queries.keys(), round_.poll_id, f"ID{number}")
    place = db.session.get_one(Voter, (round_.poll_id, ref))
    place.account = queries.account_name(round_, user)
    return ref


def _browser(app: Flask, number: int) -> tuple[str, str]:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = _email(number)
        session[sessions.SEEN] = int(time.time())
    field = TOKEN_FIELD.search(client.get(ADDRESS).text)
    cookie = client.get_cookie("session")
    if field is None or cookie is None:
        raise RuntimeError("The ballot's page has no form.")
    return cookie.value, field[1]


def _email(number: int) -> str:
    return f"voter{number}@benchmark.example"
