"""A citizen searches, filters, compares and follows: narrow without scripts, and wide with them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.budget_app.browsing.scenes import LIST, Proposing, proposing_round

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
EVA = "eva"


def unfold(page: Page) -> None:
    """Open what narrows the list, where it is folded: on a narrow screen."""
    fold = page.locator(".fold > summary")
    if fold.is_visible():
        fold.click()


@pytest.mark.parametrize(("width", "javascript"), [(320, False), (1280, True)])
def test_search_filter_compare_and_follow(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, width: int, javascript: bool
) -> None:
    scene = proposing_round(live_server.app)
    scene.propose("A new roof", estimate=500_00, categories=["education"])
    scene.propose("A roof for the market", estimate=900_00)
    scene.propose("A night bus", latitude=18.5, longitude=-69.9)
    scene.propose("A bench at its stop", latitude=18.501, longitude=-69.9)
    page = signed_in(live_server, scene, page_factory(width, javascript=javascript))
    page.goto(LIST)
    unfold(page)
    page.fill("#text", "roof")
    page.locator("form.search button").click()
    expect(page.locator(".project-name")).to_have_count(2)
    unfold(page)
    page.locator(".filters > summary").click()
    page.fill("#most", "600")
    page.locator("form.search button").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".project-name")).to_have_text(["A new roof"])
    check(page, axe)
    page.get_by_role("link", name="up to €600").click()
    for box in page.locator(".compare-choice input").all():
        box.check()
    page.get_by_role("button", name="Compare the ticked ones").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compared")
    named = page.locator(".compared").get_by_role("link", name="A new roof", exact=True)
    assert (named.bounding_box() or {"width": 0})["width"] > 40
    named.click(timeout=3000)
    expect(page).to_have_url(re.compile(r"/proposals/1$"))
    page.go_back()
    check(page, axe)
    page.goto(LIST + "1")
    page.get_by_role("button", name="Support this proposal").click()
    expect(page.locator(".engage-count")).to_have_text("1 person supports this")
    page.get_by_role("button", name="Follow: a mail").click()
    check(page, axe)
    page.goto("/en/example/following")
    expect(page.locator(".items")).to_have_count(1)
    check(page, axe)
    page.goto("/en/example/rounds/schools/map")
    check(page, axe)
    page.locator(".map-group").press("Enter")
    expect(page.locator(".map-list li")).to_have_count(2)
    check(page, axe)
    page.locator(".map-pin").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A night bus")


def test_what_is_proposed_already_appears_while_a_title_is_written(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    scene = proposing_round(live_server.app)
    scene.propose("Benches with shade at every clinic")
    page = signed_in(live_server, scene, page_factory())
    page.goto(LIST + "new")
    page.locator("#title").press_sequentially("Shaded benches at clinics")
    expect(page.locator("#similar a")).to_have_text(["Benches with shade at every clinic"])
    axe(page)
    page.fill("#title", "Bus")
    expect(page.locator("#similar a")).to_have_count(0)


def check(page: Page, axe: Axe) -> None:
    axe(page)
    assert fits(page), page.url


def signed_in(server: LiveServer, scene: Proposing, page: Page) -> Page:
    cookie = scene.office.browser(EVA).client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    return page
