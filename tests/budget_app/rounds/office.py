"""A parliament's office: its people's browsers, and rounds at every point of their life."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from budget_app.rounds import acts, districts, jobs, rules, secrecy, services
from budget_app.rounds.models import ActKind, PhaseKind, Round
from budget_app.rounds.projects import ProjectFacts, add_project
from budget_app.rounds.witnesses import add_witness, require_witnesses
from tests.budget_app import sign_ins
from tests.budget_app.booth.pages import Page, token_to_sign_out
from tests.budget_app.snapshots import copied
from voting import clock
from voting.database import writing

HOME = "/en/example/"
ROUND = HOME + "rounds/schools/"
DESK = HOME + "administration/"
SETUP = DESK + "rounds/schools"
ROLL = "identity_number,district,date_of_birth\nID1,national,1990-04-01\nID2,national,1985-01-31\n"
DICE = "1234 5612 3456 1234 5612"
ROLES = {
    "ada": Role.ADMINISTRATOR,
    "ben": Role.ADMINISTRATOR,
    "rosa": Role.REVIEWER,
    "aude": Role.AUDITOR,
}


def began_with(content: str) -> dict[str, str]:
    """What the form of a page carries to tell what it began with."""
    fields = [field for form in Page(content).forms for field in form.fields]
    return {"began_with": dict(fields)["began_with"]}


@dataclass(frozen=True)
class Browser:
    """One person's browser, which sends the token of the forms it posts."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def text(self, path: str) -> str:
        """What a visitor reads on a page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status)
        return Page(answer.text).text

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        token = token_to_sign_out(self.get(HOME).text)
        return self.client.post(path, data={"csrf_token": token, **(data or {})})

    def saved(self, path: str, data: dict[str, Any] | None = None) -> None:
        """Post what is expected to be accepted."""
        answer = self.post(path, data)
        assert answer.status_code == 302, Page(answer.text).text

    def began(self, path: str) -> dict[str, str]:
        """Open a form: what it carries to tell what it began with."""
        return began_with(self.get(path).text)

    def seals(self) -> None:
        """Read the rules of `schools` and press the button below them."""
        self.saved(SETUP + "/seal", Page(self.get(SETUP + "/seal").text).form("/seal").having())


@dataclass(frozen=True)
class Office:
    """The parliament `example` (English and Spanish, euros) and its officials ada, ben, rosa, aude."""

    app: Flask

    @contextmanager
    def work(self) -> Iterator[None]:
        """A writing transaction of the application."""
        with self.app.test_request_context(HOME), writing():
            yield
            db.session.commit()

    def person(self, name: str) -> User:
        user = accounts.find(f"{name}@example.org")
        assert user is not None
        return user

    def round_(self, slug: str = "schools") -> Round:
        return db.session.scalars(db.select(Round).where(Round.slug == slug)).one()

    def browser(self, name: str) -> Browser:
        """Somebody signed in, with a second factor; made when unknown."""
        with self.work():
            user = accounts.ensure_user(f"{name}@example.org", name=name.title())
            sign_ins.begin(user, name, lasts=timedelta(hours=8))
        return Browser(sign_ins.client_of(self.app, name))

    def stranger(self) -> Browser:
        return Browser(self.app.test_client())

    def begin(self) -> None:
        """An empty draft, `schools`."""
        with self.work():
            services.create_round(
                self.person("ada").memberships[0].parliament,
                {"en": "Schools"},
                by=self.person("ada"),
                slug="schools",
            )

    def announce(
        self, *, now_in: PhaseKind = PhaseKind.PROPOSING, ties: tuple[str, ...] = ("lots",)
    ) -> None:
        """An announced round of one district with 1,000 euros; one week to each phase."""
        copied(self.app, ("announced", now_in, ties), lambda: self._announce(now_in, ties))

    def _announce(self, now_in: PhaseKind, ties: tuple[str, ...]) -> None:
        self.begin()
        with self.work():
            round_, ada = self.round_(), self.person("ada")
            texts = {"en": "Schools", "es": "Escuelas"}
            services.set_texts(round_, texts, texts, by=ada)
            services.set_phases(round_, self.weeks(now_in), by=ada)
            districts.change_district(round_.districts[0], texts, 1000_00, by=ada)
            rules.choose_rule(round_, "greedy", by=ada)
            rules.set_rule(round_, {**round_.rule, "ties": list(ties)}, by=ada)
            services.announce(round_, by=ada)

    def weeks(self, now_in: PhaseKind) -> dict[PhaseKind, Any]:
        """Dates for every phase such that `now_in` began a day ago."""
        kinds = list(PhaseKind)
        first = clock.now(db.session()) - timedelta(weeks=kinds.index(now_in), days=1)
        return {
            kind: (first + timedelta(weeks=n), first + timedelta(weeks=n + 1))
            for n, kind in enumerate(kinds)
        }

    def fill(
        self, *, ties: tuple[str, ...] = ("lots",), witnesses: Mapping[str, tuple[str, str]] = {}
    ) -> None:
        """A round in the week of its vote: projects `p001` to `p003`, two voters, no keys.

        `witnesses` are keys and addresses by name, of which one must sign.
        """
        what = ("filled", ties, repr(witnesses))
        copied(self.app, what, lambda: self._fill(ties, witnesses))

    def _fill(self, ties: tuple[str, ...], witnesses: Mapping[str, tuple[str, str]]) -> None:
        self.announce(now_in=PhaseKind.VOTING, ties=ties)
        with self.work():
            round_, ada = self.round_(), self.person("ada")
            for name, euros in (("Roof", 600), ("Bus", 300), ("Élan", 200)):
                facts = ProjectFacts(
                    round_.districts[0], {"en": name}, euros * 100, categories=["education"]
                )
                add_project(round_, facts, by=ada)
            if "lots" in ties:
                rules.draw_lots(round_, DICE, "In the plenary hall.", by=ada)
            for name, (key, address) in witnesses.items():
                add_witness(round_, name, key, address, by=ada)
                require_witnesses(round_, 1, by=ada)
            services.import_roll(round_, ROLL.encode(), by=ada)

    def seal(
        self, *, ties: tuple[str, ...] = ("lots",), witnesses: Mapping[str, tuple[str, str]] = {}
    ) -> None:
        """A filled round, sealed; the server holds both keys, as in an exercise."""
        what = ("sealed", ties, repr(witnesses), services.seal)  # which a test may have replaced
        copied(self.app, what, lambda: self._seal(ties, witnesses))

    def _seal(self, ties: tuple[str, ...], witnesses: Mapping[str, tuple[str, str]]) -> None:
        self.fill(ties=ties, witnesses=witnesses)
        with self.work():
            secrecy.choose_exercise(self.round_(), by=self.person("ada"))
            services.seal(self.round_(), by=self.person("ada"))

    def open(self, *, ties: tuple[str, ...] = ("lots",)) -> None:
        copied(self.app, ("open", ties, services.seal), lambda: self._open(ties))

    def _open(self, ties: tuple[str, ...]) -> None:
        self.seal(ties=ties)
        self.act(ActKind.OPEN)

    def act(self, kind: ActKind) -> None:
        """Ada asks, Ben approves, the worker works."""
        with self.work():
            act = acts.request_act(self.round_(), kind, by=self.person("ada"))
            acts.approve_act(act, by=self.person("ben"))
        self.worker()

    def worker(self) -> None:
        with self.app.app_context(), writing():
            jobs.carry_out_acts()
            db.session.commit()

    @contextmanager
    def after_the_vote(self) -> Iterator[None]:
        """The moment at which the vote has ended."""
        with self.work():
            voting = self.round_().phase(PhaseKind.VOTING)
            assert voting is not None
            ends = voting.ends
        with clock.replay(ends):
            yield


def found_office(app: Flask) -> Office:
    office = Office(app)
    copied(app, "founded", lambda: _found(office))
    return office


def _found(office: Office) -> None:
    with office.work():
        parliament = create_parliament(
            "example", {"en": "Example", "es": "Ejemplo"}, languages=["en", "es"], currency="EUR"
        )
        for name, role in ROLES.items():
            user = accounts.ensure_user(f"{name}@example.org", name=name.title())
            user.office = f"Office of {name.title()}"
            accounts.grant(user, parliament, role)
