"""A round that takes ballots, and the people who vote in it through the pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from budget_app.accounts import services as accounts
from budget_app.booth import queries
from budget_app.extensions import db, new_sessions
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.services import create_parliament
from budget_app.rounds.manifests import build
from budget_app.rounds.models import District, Phase, PhaseKind, Project, Round, RoundState, Secrecy
from tallying.sealing.seal import LAYERS, info, read_plain
from tests.budget_app import sign_ins
from tests.budget_app.booth.pages import Page
from tests.budget_app.snapshots import copied
from voting import box, clock, eligibility, log, roll, server_trust
from voting.database import writing
from voting.models import Envelope, LayerPurpose, Poll
from voting.roll_file import Line

LIMITS: dict[str, dict[str, Any]] = {
    "approval": {"max_length": 2},
    "knapsack": {},
    "ranked": {"max_length": 3},
    "points": {"max_points": 10},
    "score": {"max_score": 5},
}
BORN = date(1990, 4, 1)
PROJECTS = ((60, 0), (30, 0), (20, 0), (20, 1))
"""Cost and district of each."""
PLAIN = ("Example", "Project {key}", "")
DESCRIBED = (
    "National Assembly of San Telmo",
    "{key}: A covered court for the school in the valley",
    "Shade and a roof, so that sport and assemblies take place in the rainy months as well.",
)
"""Names of a parliament and of each project, with a summary, as long as they are in reality."""
BODIES = {"outer": {"en": "Electoral office"}, "inner": {"en": "Court of audit"}}
MINUTES_LEFT = timedelta(minutes=20)
"""A sign-in is fresh for longer."""
ROUND_ID = "example/schools"
ADDRESS = "/en/example/rounds/schools/vote"


@dataclass(frozen=True)
class Citizen:
    """A browser of one person, signed in or not."""

    client: FlaskClient
    address: str = ADDRESS

    def get(self, path: str = "", **options: Any) -> TestResponse:
        return self.client.get(self.address + path, **options)

    def post(self, path: str, data: Any, **options: Any) -> TestResponse:
        return self.client.post(self.address + path, data=data, **options)

    def page(self, path: str = "") -> Page:
        return Page(self.get(path).text)

    def review(self, *choices: tuple[str, str], box_id: str = "north") -> Page:
        """The review page of a ballot with these fields."""
        data: dict[str, Any] = {"box": box_id}
        for name, value in choices:
            data.setdefault(name, []).append(value)
        answer = self.post("/review", data)
        assert answer.status_code == 200, Page(answer.text).text
        return Page(answer.text)

    def vote(self, *choices: tuple[str, str]) -> TestResponse:
        """Review and cast; answers what follows the cast button."""
        return self.post("/cast", self.review(*choices).form("/cast").having())

    def find_on_roll(self, number: str, born: date = BORN, press: str = "join") -> TestResponse:
        """Say who one is and, with `join`, that one is it."""
        data = {
            "press": press,
            "csrf_token": self.page("/eligibility").form("/eligibility").value("csrf_token"),
            "identity_number": number,
            "day": born.day,
            "month": born.month,
            "year": born.year,
        }
        return self.post("/eligibility", data)


@dataclass(frozen=True)
class Scene:
    """An open round: `north` with projects a (60), b (30), c (20) of 100, `south` with d."""

    app: Flask
    round_id: str = ROUND_ID

    def stranger(self) -> Citizen:
        return Citizen(self.app.test_client())

    def signed_in(self, email: str, *, minutes_ago: int = 0) -> Citizen:
        """Somebody with a sign-in of that age, not yet found on the roll."""
        with self.app.app_context(), writing():
            ago = timedelta(minutes=minutes_ago)
            sign_ins.begin(accounts.ensure_user(email), email, ago=ago, second_factor=False)
            db.session.commit()
        return Citizen(sign_ins.client_of(self.app, email))

    def voter(self, number: int = 1, *, minutes_ago: int = 0) -> Citizen:
        """Somebody signed in and joined to the roll's entry `ID<number>`."""
        email = f"voter{number}@example.org"
        citizen = self.signed_in(email, minutes_ago=minutes_ago)
        with self.app.app_context(), writing():
            user = accounts.ensure_user(email)
            round_ = db.session.scalars(db.select(Round)).one()
            eligibility.claim(
                db.session(),
                queries.keys(),
                self.round_id,
                account=queries.account_name(round_, user),
                identity_number=f"ID{number}",
                date_of_birth=BORN,
            )
            db.session.commit()
        return citizen

    @contextmanager
    def after_the_close(self) -> Iterator[None]:
        """The moment after voting ended; sign-ins are still fresh then."""
        with self.app.app_context():
            closes = db.session.get_one(Poll, self.round_id).closes
        assert closes is not None
        with clock.replay(closes):
            yield

    def plain_ballots(self) -> list[Any]:
        """What the bodies find in the envelopes of a sealed round."""
        with self.app.app_context():
            rows = db.session.execute(select(Envelope.envelope, Envelope.box_id))
            return [self._opened(bytes(row.envelope), row.box_id) for row in rows]

    def _opened(self, content: bytes, box_id: str) -> Any:
        for layer in LAYERS:
            key = queries.keys().layer_key(self.round_id, layer)
            content = key.open(info(self.round_id, box_id, layer), content)
        choices, _nonce = read_plain(content.rstrip(b"\0"))
        return choices

    def log(self) -> None:
        """Let the sequencer catch up."""
        with self.app.app_context():
            log.drain(new_sessions(), queries.keys(), self.round_id)


def open_scene(
    app: Flask,
    style: str = "approval",
    *,
    sealed: bool = False,
    keys: Sequence[str] = "abcd",
    texts: tuple[str, str, str] = PLAIN,
    **limits: Any,
) -> Scene:
    """An open round with four projects of these keys; with `sealed` the server has the seal's."""
    options = (style, sealed, keys, texts, limits)
    copied(app, repr(("open", options)), lambda: _open(app, *options))
    return Scene(app)


def _open(
    app: Flask,
    style: str,
    sealed: bool,
    keys: Sequence[str],
    texts: tuple[str, str, str],
    limits: dict[str, Any],
) -> None:
    with app.app_context(), writing():
        parliament = create_parliament(
            "example",
            dict.fromkeys(["en", "es", "fr", "pt"], texts[0]),
            languages=["en", "es", "fr", "pt"],
            currency="EUR",
        )
        round_ = _round_of(parliament, style, keys, {**LIMITS[style], **limits}, texts)
        _seal(round_, sealed=sealed)
        db.session.commit()
    with app.app_context():
        store = queries.keys()
        if sealed:
            folder, sessions = Path(app.instance_path), new_sessions()
            server_trust.open_layers(sessions, store, ROUND_ID, LayerPurpose.TEST, folder)
        with writing():
            box.open_round(db.session(), store, ROUND_ID, ("official-a", "official-b"))
            db.session.commit()


def _round_of(
    parliament: Parliament,
    style: str,
    keys: Sequence[str],
    limits: dict[str, Any],
    texts: tuple[str, str, str],
) -> Round:
    """A round of two districts that is to be sealed: a vote under way, and a project for each key."""
    now = clock.now(db.session())
    round_ = Round(
        secrecy=Secrecy.OPEN,
        parliament=parliament,
        slug="schools",
        titles={"en": "Schools", "es": "Escuelas", "fr": "Écoles", "pt": "Escolas"},
        state=RoundState.OPEN,
        style=style,
        limits=limits,
        rule=_rule(style),
        lots_dice="314159",
        lots_record="Ten dice thrown in public.",
        created_at=now,
        phases=[
            Phase(
                kind=PhaseKind.VOTING,
                starts=now - timedelta(days=1),
                ends=now + MINUTES_LEFT,
            )
        ],
    )
    round_.districts = [
        District(slug="north", names={"en": "North"}, budget=100_00),
        District(slug="south", names={"en": "South"}, budget=50_00),
    ]
    db.session.add(round_)
    db.session.flush()
    for key, (cost, district) in zip(keys, PROJECTS, strict=True):
        round_.projects.append(
            Project(
                key=key,
                names={"en": texts[1].format(key=key.upper())},
                summaries={"en": texts[2]} if texts[2] else {},
                cost=cost * 100,
                district=round_.districts[district],
                categories=["Parks" if key in "ab" else "mobility"],
            )
        )
    db.session.flush()
    return round_


def _rule(style: str) -> dict[str, Any]:
    utility = {"ranked": "borda", "points": "points", "score": "score"}.get(style, "cardinality")
    return {
        "rule": "greedy",
        "parameters": {},
        "utility": utility,
        "completion": "none",
        "ties": ["lots"],
    }


def _seal(round_: Round, *, sealed: bool) -> None:
    people = [Line(number, f"ID{number}", "north", BORN) for number in range(1, 61)]
    people += [Line(100, "ID100", "south", BORN)]
    roll.enter(db.session(), queries.keys(), round_.poll_id, people)
    if sealed:
        seal = server_trust.make_seal(queries.keys(), round_.poll_id, BODIES)
        round_.secrecy = Secrecy.EXERCISE
        round_.bodies = {layer["layer"]: layer for layer in seal.to_json()["layers"]}
    box.seal(db.session(), queries.keys(), build(round_))
