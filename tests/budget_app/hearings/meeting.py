"""A hearing whose chair is the parliamentarian `pia`, and what people do in it."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.hearings import drafts, organisations, polls, questions, services
from budget_app.hearings.models import Hearing, HearingPoll, HearingQuestion, StreamHost
from budget_app.hearings.organisations import OrganisationWords
from budget_app.hearings.services import HearingFacts
from budget_app.parliaments.models import Parliament
from tests.budget_app.rounds.office import Browser, Office, found_office
from tests.budget_app.snapshots import copied
from voting import clock

HEARINGS = "/en/example/hearings/"
PAGE = HEARINGS + "1"
STREAM = "https://video.example.org/w/aBcDeFgHiJkLmN"
HOST = "video.example.org"


@dataclass(frozen=True)
class Meeting:
    """The hearing 1 of the parliament `example`."""

    office: Office

    def browser(self, name: str) -> Browser:
        return self.office.browser(name)

    def hearing(self) -> Hearing:
        return db.session.get_one(Hearing, 1)

    def question(self, number: int = 1) -> HearingQuestion:
        return db.session.get_one(HearingQuestion, number)

    def begin(self) -> None:
        with self.office.work():
            services.begin(self.hearing(), by=self.office.person("pia"))

    def end(self) -> None:
        with self.office.work():
            services.end(self.hearing(), by=self.office.person("pia"))

    def ask(self, name: str, words: str = "When will the new school open its doors?") -> None:
        self.browser(name).saved(f"{PAGE}/ask", {"words": words})

    def press(self, name: str, what: str, **data: str) -> TestResponse:
        return self.browser(name).post(f"{PAGE}/{what}", data)

    def lead(self, act: str, **data: str) -> TestResponse:
        return self.browser("pia").post(f"{PAGE}/{act}", data)

    def add_poll(self) -> HearingPoll:
        """Inside `office.work()`."""
        return polls.prepare(
            self.hearing(),
            {"en": "Which evening?", "es": "¿Qué tarde?"},
            [{"en": "Monday"}, {"en": "Friday"}, {"en": "Neither"}],
            by=self.office.person("pia"),
        )

    def open_poll(self) -> None:
        """Begin the hearing and open a poll, through the page."""
        with self.office.work():
            self.add_poll()
        self.begin()
        assert self.lead("polls/1/open").status_code == 302

    def live(self, language: str = "en") -> str:
        return self.office.stranger().get(f"/{language}/example/hearings/1/live").text


def facts(office: Office, **changes: object) -> HearingFacts:
    """What is prepared: in an hour for two hours."""
    starts = clock.now(db.session()).replace(second=0, microsecond=0) + timedelta(hours=1)
    given = {
        "titles": {"en": "Schools", "es": "Escuelas"},
        "descriptions": {"en": "What is built, and when.", "es": "Qué se construye y cuándo."},
        "starts": starts,
        "ends": starts + timedelta(hours=2),
        "stream": STREAM,
        "chairs": [office.person("pia")],
    }
    return HearingFacts(**(given | changes))  # type: ignore[arg-type]


def call(parliament: Parliament, given: HearingFacts, *, by: User | None) -> Hearing:
    """A hearing that everybody sees."""
    hearing = services.prepare(parliament, given, by=by)
    drafts.announce(hearing, by=by)
    return hearing


def called(app: Flask) -> Meeting:
    office = found_office(app)
    copied(app, "called", lambda: _call(office))
    return Meeting(office)


def _call(office: Office) -> None:
    with office.work():
        parliament = office.person("ada").memberships[0].parliament
        pia = accounts.ensure_user("pia@example.org", name="Pia Costa")
        accounts.grant(pia, parliament, Role.PARLIAMENTARIAN)
        mod = accounts.ensure_user("mod@example.org", name="Mod")
        accounts.grant(mod, parliament, Role.MODERATOR)
        db.session.add(StreamHost(parliament_id=parliament.id, host=HOST))
        db.session.flush()
        call(parliament, facts(office), by=office.person("ada"))


def convene(parliament: Parliament, person: User) -> Hearing:
    """A hearing in which somebody has asked, and an organisation wants to speak."""
    starts = clock.now(db.session()) + timedelta(days=1)
    hearing = call(
        parliament,
        HearingFacts({"en": "Schools"}, starts, starts + timedelta(hours=2), chairs=[person]),
        by=None,
    )
    questions.ask(hearing, "When will the roof be mended?", author=person, language="en")
    words = OrganisationWords("Friends", "We mend roofs.", "555", "Speak of roofs.")
    organisations.register(hearing, words, user=person, language="en")
    return hearing
