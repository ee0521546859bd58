"""A proposal from its draft to the submission, by two people: narrow without scripts, and wide."""

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MAIL_SECONDS, LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.budget_app.proposals.pictures import picture
from tests.budget_app.rounds.office import ROUND, Office, found_office

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
LIST = ROUND + "proposals/"


def person(office: Office, server: LiveServer, page: Page, name: str) -> Page:
    """The page, signed in."""
    cookie = office.browser(name).client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    return page


def invitation(server: LiveServer) -> str:
    """The address in the newest invitation, as soon as it was sent."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for mail in reversed(getattr(server.app.extensions["mailman"], "outbox", [])):
            if found := re.search(r"http\S+/invitations/\S+", mail.body):
                return urlsplit(found.group()).path
        time.sleep(0.05)
    pytest.fail("No invitation was sent.")


@pytest.mark.parametrize(
    ("width", "javascript"), [(320, False), (1280, True)], ids=["narrow, no scripts", "wide"]
)
def test_two_people_write_a_proposal_and_everybody_sees_what_changed(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, width: int, javascript: bool
) -> None:
    office = found_office(live_server.app)
    office.announce()
    ana = person(office, live_server, page_factory(width, javascript=javascript), "ana")
    eva = person(office, live_server, page_factory(width, javascript=javascript), "eva")

    def look(page: Page) -> None:
        axe(page)
        assert fits(page), page.url

    ana.goto(LIST)
    ana.get_by_role("link", name="Propose a project").first.click()
    look(ana)
    ana.fill("[name=title]", "A new roof")
    ana.press("[name=title]", "Enter")
    expect(ana.get_by_text("Your draft is saved.")).to_be_visible()
    ana.get_by_role("link", name="Go on writing").click()
    write(ana)
    ana.get_by_role("link", name="Pictures and files").click()
    ana.set_input_files(
        "[name=picture]", {"name": "roof.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    ana.get_by_role("button", name="Add the picture").click()
    expect(ana.locator(".error-summary")).to_contain_text("This cannot stay empty.")
    look(ana)
    ana.set_input_files(
        "[name=picture]", {"name": "roof.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    ana.fill("#picture-description", "Rain on desks")
    ana.get_by_role("button", name="Add the picture").click()
    expect(ana.get_by_alt_text("Rain on desks")).to_be_visible()
    look(ana)
    ana.locator(".breadcrumbs a").click()
    ana.get_by_role("link", name="Co-authors").click()
    ana.fill("[name=email]", "eva@example.org")
    ana.get_by_role("button", name="Send the invitation").click()
    look(ana)

    eva.goto(invitation(live_server))
    look(eva)
    eva.get_by_role("button", name="Accept").click()
    eva.get_by_role("link", name="Go on writing").click()
    expect(eva.get_by_role("button", name="Submit the proposal")).to_have_count(0)
    eva.fill("[name=summary]", "It rains into two rooms.")
    eva.get_by_role("button", name="Save the draft").last.click()

    ana.goto(LIST + "1")
    ana.get_by_role("button", name="Submit the proposal").click()
    expect(ana.get_by_text("Your proposal is published")).to_be_visible()
    look(ana)
    eva.get_by_role("link", name="History of this proposal").click()
    eva.select_option("[name=from]", "3")
    eva.select_option("[name=to]", "5")
    eva.get_by_role("button", name="Compare").click()
    expect(eva.locator(".difference ins").first).to_contain_text("two rooms.")
    expect(eva.locator(".difference del").first).to_contain_text("one room.")
    look(eva)


def write(page: Page) -> None:
    """Fill in the rest of the form, asking for more rows on the way."""
    page.fill("[name=summary]", "It rains into one room.")
    page.fill("#description", "The roof of the school leaks.")
    page.fill("[name=latitude]", "18.47186, -69.89121")
    page.fill("[name=lines-0-what]", "Tiles")
    page.fill("[name=lines-0-quantity]", "120")
    page.fill("[name=lines-0-amount]", "2.50")
    page.get_by_role("button", name="Add rows").click()
    expect(page.locator(".cost-line")).to_have_count(7)
    expect(page.locator("[name=lines-0-what]")).to_have_value("Tiles")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_text("18.47186, -69.89121")).to_be_visible()
