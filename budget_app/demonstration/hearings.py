"""The hearings of the example: one that comes, one that is live, one that is over."""

from datetime import datetime, timedelta

from budget_app.accounts.models import Role, User
from budget_app.deliberation import moderation
from budget_app.deliberation.models import Rule
from budget_app.deliberation.moderation import Explained
from budget_app.demonstration import people
from budget_app.demonstration.content import Table, midnight, read
from budget_app.hearings import drafts, hiding, organisations, polls, questions, services
from budget_app.hearings.models import AgendaItem, Hearing, HearingQuestion
from budget_app.hearings.organisations import OrganisationWords
from budget_app.hearings.services import HearingFacts
from budget_app.hearings.simulation import person
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round
from budget_app.rounds.queries import public_rounds
from voting import clock


def hold(parliament: Parliament, now: datetime) -> None:
    """What `hearings.toml` tells of the rounds that are there, each in the days that it names."""
    content = read("hearings")
    office = people.with_role(Role.ADMINISTRATOR)[0]
    services.set_hosts(parliament, content["hosts"], by=office)
    rounds = {round_.slug: round_ for round_ in public_rounds(parliament)}
    for entry in content["hearings"]:
        if entry["round"] in rounds:
            _Hearing(entry, rounds[entry["round"]], now, office).hold()
    people.forget_mails()


def call(round_: Round, office: User, now: datetime) -> Hearing:
    """A planned hearing about `round_` within the hour, without organisations and questions."""
    entries = read("hearings")["hearings"]
    entry = next(e for e in entries if e["round"] == round_.slug and e["state"] == "planned")
    starts = now + timedelta(minutes=30)
    given = HearingFacts(
        titles=entry["title"],
        descriptions=entry["description"],
        places=entry["place"],
        starts=starts,
        ends=starts + timedelta(hours=2),
        round_=round_,
        chairs=[office],
    )
    hearing = services.prepare(round_.parliament, given, by=office)
    drafts.announce(hearing, by=office)
    for item in entry["agenda"]:
        begins = starts + timedelta(minutes=item["after"])
        services.add_item(hearing, item["title"], begins, "", by=office)
    return hearing


class _Hearing:
    """One hearing on its way to the state that the content names."""

    def __init__(self, entry: Table, round_: Round, now: datetime, office: User) -> None:
        self.entry, self.round_, self.now, self.office = entry, round_, now, office
        self.parliament = round_.parliament
        self.chair = people.with_role(Role.PARLIAMENTARIAN)[0]
        self.state = entry["state"]
        day = midnight(self.parliament, now, entry["day"])
        self.starts = now - timedelta(minutes=20) if self.state == "live" else day
        if self.state != "live":
            self.starts += timedelta(hours=entry["hour"])

    def hold(self) -> None:
        before = min(self.starts, self.now) - timedelta(days=2)
        with clock.replay(before):
            hearing = services.prepare(self.parliament, self._facts(), by=self.office)
            self._items(hearing)
            if self.state == "draft":
                return
            drafts.announce(hearing, by=self.office)
            self._take_part(hearing)
            asked = [self._ask(hearing, entry) for entry in self.entry["questions"]]
        if self.state == "planned":
            return
        with clock.replay(min(self.starts + timedelta(minutes=15), self.now)):
            services.begin(hearing, by=self.chair)
            self._lead(hearing, asked)
        if self.state == "published":
            with clock.replay(self.starts + timedelta(hours=2)):
                services.end(hearing, by=self.chair)
                services.publish(
                    hearing, self.entry["minutes"], self.entry["recording"], by=self.office
                )

    def _facts(self) -> HearingFacts:
        entry = self.entry
        return HearingFacts(
            titles=entry["title"],
            descriptions=entry["description"],
            places=entry["place"],
            starts=self.starts,
            ends=self.starts + timedelta(hours=2),
            round_=self.round_,
            stream=entry.get("stream", ""),
            tracks=entry.get("tracks", []),
            chairs=[self.chair],
        )

    def _items(self, hearing: Hearing) -> None:
        for item in self.entry["agenda"]:
            services.add_item(
                hearing,
                item["title"],
                self.starts + timedelta(minutes=item["after"]),
                item.get("speaker", ""),
                by=self.office,
            )

    def _take_part(self, hearing: Hearing) -> None:
        for entry in self.entry.get("organisations", []):
            found = organisations.register(
                hearing,
                OrganisationWords(entry["name"], entry["purpose"], entry["contact"], entry["wish"]),
                user=people.person(entry["who"]),
                language=entry["language"],
            )
            if "slot" in entry:
                slot = hearing.starts + timedelta(minutes=entry["slot"])
                organisations.confirm(hearing, found, slot, by=self.office)

    def _ask(self, hearing: Hearing, entry: Table) -> HearingQuestion:
        author = people.person(entry["who"])
        question = questions.ask(
            hearing, entry["words"], author=author, language=entry["language"], signed=True
        )
        for number in range(entry["support"]):
            questions.support(question, person(f"guest-{number}"))
        return question

    def _lead(self, hearing: Hearing, asked: list[HearingQuestion]) -> None:
        services.turn_to(hearing, _item(hearing, self.entry.get("on", 0)))
        for question, entry in zip(asked, self.entry["questions"], strict=True):
            if "answer" in entry:
                questions.answer(
                    question,
                    entry["answer"],
                    self.chair.display_name,
                    by=self.chair,
                    language=entry["language"],
                )
            elif "hidden" in entry:
                self._hide(question, entry["hidden"])
            elif entry.get("is") == "shortlisted":
                questions.shortlist(question, [])
            elif entry.get("is") == "current":
                questions.take_up(question)
        for entry in self.entry.get("polls", []):
            self._poll(hearing, entry)

    def _hide(self, question: HearingQuestion, told: Table) -> None:
        """Hidden by the chair, with an appeal that waits for somebody else."""
        explained = Explained(told["explanation"], told["language"])
        decision = hiding.hide(question, Rule(told["rule"]), explained, by=self.chair)
        moderation.appeal(decision, told["appeal"], by=question.author)

    def _poll(self, hearing: Hearing, entry: Table) -> None:
        poll = polls.prepare(hearing, entry["question"], entry["options"], by=self.chair)
        polls.open_(poll, by=self.chair)
        number = 0
        for option, people_for_it in enumerate(entry.get("counts", [])):
            for _ in range(people_for_it):
                polls.answer(poll, option, person(f"guest-{number}"))
                number += 1
        if "counts" in entry:
            polls.close(poll, by=self.chair)


def _item(hearing: Hearing, place: int) -> AgendaItem:
    return sorted(hearing.agenda, key=lambda item: item.starts)[place]
