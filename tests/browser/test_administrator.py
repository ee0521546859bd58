"""Two administrators, from an empty round to the count: wide with scripts, narrow without.

Every page narrow with scripts, in every language, is looked at in `test_every_page.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.rounds.office import DICE, ROLL, found_office
from voting import clock

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
DESK = "/en/example/administration/"
VOTE_HOURS = 2


@dataclass
class Official:
    """One administrator at their browser; every page they come to is checked, in each of its states."""

    page: Page
    axe: Axe
    seen: set[str] = field(default_factory=set)

    def come_to(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def look(self) -> None:
        wrong = self.page.locator(".error-summary").count()
        shown = f"{self.page.url} {wrong} {self.page.locator('main h2').all_inner_texts()}"
        if shown in self.seen:
            return
        self.seen.add(shown)
        self.axe(self.page)
        width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert self.page.evaluate(width), f"{self.page.url} is wider than the screen."

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.fill(f"main [name={name}]", value)

    def choose(self, **values: str) -> None:
        for name, value in values.items():
            self.page.select_option(f"main [name={name}]", value)

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name, exact=True).click()
        self.look()

    def sign_in(self, server: LiveServer, email: str) -> None:
        self.come_to(DESK)
        self.page.locator("input[type=email]").first.fill(email)
        self.page.locator("form[action*='sign-in/link'] button").click()
        self.page.goto(server.link_for(email))
        self.page.locator("form[action*='/link/'] button").click()
        self.look()
        secret = self.page.locator("main code").inner_text()
        self.fill(code=pyotp.TOTP(secret).now())
        self.press("Continue")


def local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def prepare(ada: Official, tie: str) -> None:
    """Every step before the announcement."""
    ada.follow("New round")
    ada.fill(title="Schools")
    ada.press("Make the round")
    ada.fill(title_es="Escuelas", summary_en="For all schools.", summary_es="Para todas.")
    ada.press("Save and go on")
    opens = datetime.now(clock.UTC) - timedelta(minutes=1)
    closes = opens + timedelta(hours=VOTE_HOURS)
    ada.fill(voting_starts=local(opens), voting_ends=local(opens - timedelta(hours=1)))
    ada.press("Save and go on")
    expect(ada.page.locator("#voting_ends-error")).to_contain_text("ends before it begins")
    ada.fill(voting_ends=local(closes))
    ada.press("Save and go on")
    ada.follow("Change Whole country")
    ada.fill(budget="3,000,000")
    ada.press("Save")
    ada.follow("Go on")
    ada.fill(max_length="2")
    ada.press("Save and go on")
    ada.page.get_by_label("Most votes first").check()
    ada.press("Take this rule")
    ada.choose(ties_1="more_votes", ties_2="lower_cost", ties_3="lower_cost")
    ada.press("Save and go on")
    expect(ada.page.locator("#ties_1-error")).to_contain_text("must end in lots or in a seed")
    ada.choose(ties_3=tie)
    ada.press("Save and go on")
    ada.fill(attestations_required="1")
    ada.press("Save and go on")
    ada.follow("Go on")
    ada.follow("Go on without witnesses")


def fill_the_ballot(ada: Official, folder: Path, tie: str) -> None:
    """From the announcement to the sealed rules."""
    ada.press("Announce the round")
    for name, cost in (("New roof", "2,000,000"), ("Library bus", "410,000")):
        ada.follow("Add a project")
        ada.fill(name_en=name, cost=cost)
        ada.press("Save")
    ada.follow("Go on")
    if tie == "lots":
        ada.fill(dice=DICE, record="In the plenary hall, before two notaries.")
        ada.page.check("main [name=understood]")
        ada.press("Record the draw")
        ada.follow("Go on")
    roll = folder / "roll.csv"
    roll.write_text(ROLL.replace("1985-01-31", "31/1/1985"), encoding="utf8")
    ada.page.set_input_files("main [name=file]", roll)
    ada.press("Import the file")
    expect(ada.page.locator(".error-summary")).to_contain_text("Nobody was entered")
    roll.write_text(ROLL, encoding="utf8")
    ada.page.set_input_files("main [name=file]", roll)
    ada.press("Import the file")
    ada.follow("Go on")
    ada.page.get_by_label("Exercise: sealed").check()
    ada.press("Save and go on")
    ada.page.locator("main summary", has_text="Seal the rules").click()
    ada.press("Seal them now")


def agree(first: Official, second: Official, act: str) -> None:
    """One asks, the other finds it on their desk and approves it; the page then follows the work."""
    first.press("Ask a second official")
    expect(first.page.get_by_role("button", name="Approve")).to_have_count(0)
    second.come_to(DESK)
    second.follow(f"Approve: {act}")
    second.page.get_by_role("button", name="Approve", exact=True).click()
    expect(second.page.locator("main progress")).to_have_count(0, timeout=60_000)
    second.look()


@pytest.mark.parametrize(
    ("width", "javascript", "tie"),
    [
        (1280, True, "lots"),
        (320, False, "seed"),
    ],
    ids=["wide", "narrow without scripts"],
)
@pytest.mark.timeout(240)
def test_two_administrators_bring_an_empty_round_to_the_count(
    live_server: LiveServer,
    page_factory: PageFactory,
    axe: Axe,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    width: int,
    javascript: bool,
    tie: str,
) -> None:
    found_office(live_server.app)
    ada, ben = (Official(page_factory(width, javascript=javascript), axe) for _ in "ab")
    ada.sign_in(live_server, "ada@example.org")
    ben.sign_in(live_server, "ben@example.org")
    prepare(ada, tie)
    fill_the_ballot(ada, tmp_path, tie)
    agree(ada, ben, "Open the voting")
    expect(ben.page.locator("main")).to_contain_text("Voting is open")
    present = clock.now

    def after_the_vote(session: Session, read_at: datetime | None = None) -> datetime:
        return present(session, read_at) + timedelta(hours=VOTE_HOURS)

    monkeypatch.setattr(clock, "now", after_the_vote)
    ben.come_to(ben.page.url)
    agree(ben, ada, "Close the voting")
    if tie == "seed":
        ada.fill(dice=DICE, record="In the plenary hall, before two notaries.")
    agree(ada, ben, "Count the ballots")
    expect(ben.page.locator("main")).to_contain_text("The ballots are counted")
