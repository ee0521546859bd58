"""A comment's life in three browsers: reported, removed by a moderator, restored by another."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.deliberation.scenes import MODERATION, PROPOSAL, Talk, talk_scene

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
NARROW = 320
WORDS = "Whoever sold us this roof should be ashamed."


def sign_in(server: LiveServer, talk: Talk, page: Page, name: str) -> None:
    cookie = talk.office.browser(name).client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])


def look(page: Page, axe: Axe) -> None:
    """The page at hand has no barrier, and fits."""
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, page.url


def say(eva: Page, axe: Axe) -> None:
    """An author forgets the words once, and then says them."""
    eva.goto(PROPOSAL)
    eva.get_by_text("Write a comment").click()
    eva.get_by_label("Against").check()
    eva.get_by_role("button", name="Publish the comment").click()
    look(eva, axe)
    expect(eva.get_by_label("Against")).to_be_checked()
    eva.get_by_label("Your words", exact=True).fill(WORDS)
    eva.get_by_role("button", name="Publish the comment").click()
    assert eva.url.endswith("#comment-1")
    expect(eva.locator("#comment-1")).to_contain_text(WORDS)
    look(eva, axe)


def report(max_: Page, axe: Axe) -> None:
    """A reader finds the comment useful, and yet against the rules."""
    max_.goto(PROPOSAL)
    max_.get_by_role("button", name="Useful 0", exact=True).click()
    expect(max_.get_by_role("button", name="Useful 1", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    max_.get_by_role("link", name="Report").click()
    look(max_, axe)
    max_.get_by_label("Insults").check()
    max_.get_by_role("button", name="Send the report").click()


def remove(mia: Page, axe: Axe) -> None:
    """A moderator removes it, not without a rule and an explanation."""
    mia.goto("/en/example/administration/")
    mia.get_by_role("link", name="Decide about 1 report").click()
    mia.get_by_role("link", name=WORDS).click()
    mia.get_by_role("button", name="Remove the comment").click()
    look(mia, axe)
    mia.get_by_label("Insults").check()
    mia.get_by_label("Explanation").fill("It accuses people.")
    mia.get_by_role("button", name="Remove the comment").click()
    look(mia, axe)


def appeal(eva: Page, axe: Axe) -> None:
    """The author reads why, and appeals."""
    eva.goto(PROPOSAL)
    expect(eva.locator("#comment-1")).to_contain_text("Removed by moderation: Insults.")
    expect(eva.get_by_text(WORDS)).to_have_count(0)
    eva.get_by_role("link", name="see the decision and appeal").click()
    look(eva, axe)
    eva.get_by_label("Why your comment should come back").fill("I name nobody.")
    eva.get_by_role("button", name="Send the appeal").click()


def restore(mia: Page, max_: Page, axe: Axe) -> None:
    """Whoever removed it cannot decide; somebody else restores it."""
    mia.goto(MODERATION)
    expect(mia.get_by_role("link", name="Appeal against")).to_have_count(0)
    max_.goto(MODERATION)
    max_.get_by_role("link", name="Appeal against: Insults").click()
    look(max_, axe)
    max_.get_by_label("Explanation").fill("It is sharp, and names nobody.")
    max_.get_by_role("button", name="Restore the comment").click()


def read_again(eva: Page, axe: Axe) -> None:
    """The comment stands again, and the public log says why without repeating it."""
    eva.goto(PROPOSAL)
    expect(eva.locator("#comment-1")).to_contain_text(WORDS)
    eva.goto(MODERATION + "log")
    expect(eva.get_by_text("It is sharp, and names nobody.")).to_be_visible()
    expect(eva.get_by_text(WORDS)).to_have_count(0)
    look(eva, axe)


def test_a_comment_is_removed_appealed_and_restored_without_scripts_on_a_phone(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    talk = talk_scene(live_server.app)
    people = {name: page_factory(NARROW, javascript=False) for name in ("eva", "mia", "max")}
    for name, page in people.items():
        sign_in(live_server, talk, page, name)
    eva, mia, max_ = people.values()

    say(eva, axe)
    report(max_, axe)
    remove(mia, axe)
    appeal(eva, axe)
    restore(mia, max_, axe)
    read_again(eva, axe)
