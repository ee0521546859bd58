"""A round whose vote has ended, counted from its bundle, and the people who audit it."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.audit import jobs, queries
from budget_app.extensions import db, new_sessions
from budget_app.parliaments.services import create_parliament
from budget_app.results import services
from budget_app.results.models import Count
from budget_app.results.queries import newest_count
from budget_app.rounds.manifests import build
from budget_app.rounds.models import District, Phase, PhaseKind, Project, Round, RoundState, Secrecy
from tallying.election import BallotStyle
from tallying.evidence import notes
from tests.budget_app import sign_ins
from tests.budget_app.booth.pages import Page, token_to_sign_out
from tests.budget_app.snapshots import copied
from voting import ballots, box, clock, log, roll
from voting.database import writing
from voting.keys import KeyStore
from voting.models import Voter
from voting.roll_file import Line

HOME = "/en/example/rounds/schools/"
ROLES = {
    "ada": Role.ADMINISTRATOR,
    "ben": Role.ADMINISTRATOR,
    "aude": Role.AUDITOR,
    "otto": Role.AUDITOR,
    "carl": Role.CITIZEN,
}
PROJECTS = (
    ("p01", "New roof for Elm Street school", 480, "education", "north"),
    ("p02", "Library bus", 410, "education", "north"),
    ("p03", "Shade trees on the market square", 120, "environment", "north"),
    ("p04", "Safe crossing at the station", 95, "mobility", "north"),
    ("p05", "Drinking fountains", 60, "environment", "north"),
    ("p06", "Skate park", 390, "sport", "north"),
    ("p07", "Covered bicycle stands", 75, "mobility", "north"),
    ("p08", "Mural on the water tower", 1200, "culture", "north"),
    ("p09", "Playground by the river", 260, "sport", "south"),
    ("p10", "Evening courses for adults", 140, "education", "south"),
    ("p11", "Open-air cinema", 180, "culture", "south"),
    ("p12", "Rain garden", 90, "environment", "south"),
)
GREEDY = {"rule": "greedy", "utility": "cardinality", "completion": "none"}
EQUAL_SHARES = {"rule": "equal-shares", "utility": "cost", "completion": "add1"}


@dataclass(frozen=True)
class Browser:
    """One person's browser; it posts the forms that it is shown."""

    client: FlaskClient

    def get(self, path: str = "audit/") -> TestResponse:
        return self.client.get(HOME + path)

    def text(self, path: str) -> str:
        """What a visitor reads on a page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status)
        return Page(answer.text).text

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        token = token_to_sign_out(self.get("audit/log").text)
        return self.client.post(HOME + path, data={"csrf_token": token, **(data or {})})


@dataclass
class Counted:
    """The parliament `example`: administrators ada and ben, auditors aude and otto, citizen carl."""

    app: Flask
    skeys: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def work(self) -> Iterator[None]:
        with self.app.app_context(), writing():
            yield
            db.session.commit()

    def person(self, name: str) -> User:
        user = accounts.find(f"{name}@example.org")
        assert user is not None
        return user

    def round_(self) -> Round:
        return db.session.scalars(db.select(Round)).one()

    def newest(self) -> Count:
        count = newest_count(self.round_())
        assert count is not None
        return count

    def statement(self) -> str:
        with self.app.app_context():
            return queries.statement_of(self.newest()).text()

    def bundle(self, edition: str = "auditor") -> Path:
        with self.app.app_context():
            path = getattr(services.editions(self.newest()), edition)
        assert isinstance(path, Path)
        return path

    def count(self) -> None:
        with self.work():
            officials = (self.person("ada"), self.person("ben"))
            services.count_round(self.round_(), officials=officials)

    def worker(self) -> None:
        """Log what is queued, and add attestations to the bundles."""
        with self.app.app_context():
            poll_id = self.round_().poll_id
            db.session.rollback()
            log.drain(new_sessions(), _keys(), poll_id)
        with self.work():
            jobs.add_attestations()

    def browser(self, name: str) -> Browser:
        """Somebody signed in, officials with their second factor."""
        with self.work():
            sign_ins.begin(self.person(name), name)
        return Browser(sign_ins.client_of(self.app, name))

    def stranger(self) -> Browser:
        return Browser(self.app.test_client())

    def with_key(self, name: str) -> Browser:
        """An auditor's browser, the key registered through the page."""
        browser = self.browser(name)
        self.skeys[name], vkey = notes.generate_key(f"{name}.example/2027")
        answer = browser.post("audit/key", {"verifier_key": vkey})
        assert answer.status_code == 302, Page(answer.text).text
        return browser

    def note(self, name: str, text: str | None = None) -> str:
        """The statement of the present count, or `text`, signed by an auditor."""
        return notes.sign(text or self.statement(), notes.Signer(self.skeys[name])).decode()

    def attest(self, name: str) -> TestResponse:
        browser = self.with_key(name)
        return browser.post("audit/attest", {"note": self.note(name)})


def counted_round(
    app: Flask,
    rule: dict[str, Any] | None = None,
    *,
    voters: int = 240,
    attestations: int = 1,
    official: list[str] | None = None,
    style: str = "approval",
    south_every: int = 4,
) -> Counted:
    """Everybody but the last five on the roll votes; then the round is closed and counted."""
    options: dict[str, Any] = {
        "voters": voters,
        "attestations": attestations,
        "official": official,
        "style": style,
        "south_every": south_every,
    }
    copied(
        app, repr(("counted", rule, options)), lambda: closed_round(app, rule, **options).count()
    )
    return Counted(app)


def closed_round(
    app: Flask,
    rule: dict[str, Any] | None = None,
    *,
    voters: int = 240,
    attestations: int = 1,
    official: list[str] | None = None,
    style: str = "approval",
    south_every: int = 4,
) -> Counted:
    """The same round before the count; of so many people on the roll one lives in the south."""
    what = repr(("closed", rule, voters, attestations, official, style, south_every))
    build = partial(_close, app, rule or GREEDY, voters, attestations, official, style, south_every)
    copied(app, what, build)
    return Counted(app)


def _close(
    app: Flask,
    rule: dict[str, Any],
    voters: int,
    attestations: int,
    official: list[str] | None,
    style: str,
    south_every: int,
) -> None:
    with app.app_context(), writing():
        _found_parliament()
        round_ = _announced(rule, attestations, official, style)
        people = [
            Line(n, f"ID{n}", "south" if n % south_every == 0 else "north", date(1990, 1, 1))
            for n in range(1, voters + 6)
        ]
        roll.enter(db.session(), _keys(), round_.poll_id, people)
        box.seal(db.session(), _keys(), build(round_))
        box.open_round(db.session(), _keys(), round_.poll_id, ("one", "two"))
        _vote(round_, voters)
        closes = round_.phases[0].ends
        db.session.commit()
        with clock.replay(closes):
            box.close_round(db.session(), round_.poll_id, ("one", "two"))
            box.commit_boxes(db.session(), round_.poll_id)
        round_.state = RoundState.CLOSED
        db.session.commit()


def _found_parliament() -> None:
    parliament = create_parliament(
        "example",
        {"en": "Parliament of Example", "es": "Parlamento de Ejemplo"},
        languages=["en", "es"],
        currency="EUR",
    )
    for name, role in ROLES.items():
        user = accounts.ensure_user(f"{name}@example.org", name=name.title())
        user.office = f"Office of {name.title()}"
        if role is not Role.CITIZEN:
            accounts.grant(user, parliament, role)


def _announced(
    rule: dict[str, Any], attestations: int, official: list[str] | None, style: str
) -> Round:
    parliament = accounts.find("ada@example.org").memberships[0].parliament  # type: ignore[union-attr]
    now = clock.now(db.session())
    round_ = Round(
        secrecy=Secrecy.OPEN,
        parliament=parliament,
        slug="schools",
        titles={"en": "Budget for our schools 2027", "es": "Presupuesto para escuelas 2027"},
        summaries={},
        state=RoundState.OPEN,
        style=style,
        limits={"max_score": 5} if style == "score" else {"max_length": 4},
        rule={"parameters": {}, "ties": ["more_votes", "lots"], **rule},
        lots_dice="31415926535897932384",
        lots_record="Twenty dice thrown in public.",
        attestations_required=attestations,
        official=official,
        created_at=now,
        phases=[
            Phase(
                kind=PhaseKind.VOTING,
                starts=now - timedelta(days=7),
                ends=now + timedelta(minutes=10),
            )
        ],
    )
    round_.districts = [
        District(slug="north", names={"en": "North", "es": "Norte"}, budget=1_000_000_00),
        District(slug="south", names={"en": "South", "es": "Sur"}, budget=300_000_00),
    ]
    db.session.add(round_)
    db.session.flush()
    for key, name, thousands, category, district in PROJECTS:
        row = round_.district(district)
        assert row is not None
        round_.projects.append(
            Project(
                key=key,
                names={"en": name},
                cost=thousands * 1000_00,
                district=row,
                categories=[category],
            )
        )
    db.session.flush()
    return round_


def _vote(round_: Round, voters: int) -> None:
    """The same ballots in every run; projects early in the list are liked more."""
    draw = random.Random(7)
    session, poll_id = db.session(), round_.poll_id
    refs = _by_turns(poll_id)[:voters]
    tokens = box.issue_tokens(session, poll_id, [ref for ref, _ in refs])
    requests = []
    for (ref, box_id), token in zip(refs, tokens, strict=True):
        keys = [key for key, *_, district in PROJECTS if district == box_id and key != "p08"]
        weights = [len(keys) - place for place in range(len(keys))]
        chosen = sorted(set(draw.choices(keys, weights, k=draw.randint(0, 3))))
        choices = [[key, draw.randint(1, 5)] for key in chosen] if _graded(round_) else chosen
        body = ballots.encode(BallotStyle(round_.style), choices)
        requests.append(box.CastRequest(poll_id, ref, token, body))
    box.cast_many(session, poll_id, requests)


def _by_turns(poll_id: str) -> list[tuple[str, str]]:
    """Voters and their boxes, the boxes by turns: references differ from run to run."""
    rows = db.session.execute(
        db.select(Voter.voter_ref, Voter.box_id).where(Voter.round_id == poll_id)
    )
    places: Counter[str] = Counter()
    turns = []
    for ref, box_id in rows:
        turns.append((places[box_id], box_id, ref))
        places[box_id] += 1
    return [(ref, box_id) for _, box_id, ref in sorted(turns)]


def _graded(round_: Round) -> bool:
    return round_.style == "score"


def _keys() -> KeyStore:
    keys: KeyStore = current_app.extensions["keys"]
    return keys
