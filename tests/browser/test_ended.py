"""An official's sign-in ends over a long text: by keyboard, on a narrow screen, without scripts."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from budget_app.accounts.models import SignIn
from budget_app.extensions import db
from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.rounds.office import Office, found_office

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
NARROW = 320
ABOUT = "/en/example/administration/pages/about"
WORDS = "\n\n".join(f"{number}. Everybody may propose, and is answered." for number in range(60))


def look(page: Page, axe: Axe) -> None:
    """The page at hand has no barrier, and fits."""
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, page.url


def press(page: Page, name: str) -> None:
    button = page.locator("main").get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def begin_to_write(office: Office, server: LiveServer, page: Page) -> None:
    cookie = office.browser("ada").client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    page.goto(ABOUT)
    page.get_by_label("Text (English)").fill(WORDS)


def sign_in_again(server: LiveServer, page: Page) -> None:
    """With a link of a mail and the second step, as every official does."""
    page.get_by_label("E-mail address").first.fill("ada@example.org")
    press(page, "Send me a link")
    page.goto(server.link_for("ada@example.org"))
    page.locator("form[action*='/link/'] button").press("Enter")
    page.get_by_label("Six-digit code").fill(
        pyotp.TOTP(page.locator("main code").inner_text()).now()
    )
    press(page, "Continue")
    told = page.locator("main")
    expect(told).to_contain_text("You are signed in already: Ada")
    expect(told).to_contain_text("Close this one and go on there.")
    page.close()


def test_an_official_whose_sign_in_ends_over_a_long_text_loses_no_word(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    office = found_office(live_server.app)
    page = page_factory(NARROW, javascript=False)
    begin_to_write(office, live_server, page)
    with office.work():
        db.session.execute(db.delete(SignIn))

    press(page, "Save the page")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Your sign-in ended")
    expect(page.locator("blockquote")).to_contain_text("59. Everybody may propose")
    look(page, axe)
    press(page, "I have signed in: go on")  # too early
    expect(title).to_have_text("Your sign-in ended")

    with page.context.expect_page() as opened:
        page.locator("main").get_by_role("link", name="Sign in").press("Enter")
    sign_in_again(live_server, opened.value)

    press(page, "I have signed in: go on")
    expect(title).to_have_text("You are signed in again")
    expect(page.locator("main")).to_contain_text("You are signed in as Ada.")
    look(page, axe)
    press(page, "Send it again")
    expect(page.locator("main")).to_contain_text("Saved.")
    page.goto(ABOUT)
    expect(page.get_by_label("Text (English)")).to_have_value(WORDS)
