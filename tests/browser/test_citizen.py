"""A citizen, from the sign-in to a checked receipt: wide with scripts, narrow without.

The booth's pages narrow with scripts are looked at in every language.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.booth.scenes import DESCRIBED, Scene, open_scene

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
WIDTHS = [1280, 320]
SMALL_PHONE = {"width": 320, "height": 640}
LANGUAGES = ["en", "es", "fr", "pt"]
STYLES = ["approval", "knapsack", "ranked", "points", "score"]
EMAIL = "citizen@example.org"
SAME_TAB = "[data-same-tab]:not([target])"
"""A link that a script has kept from opening a tab of its own."""


def address(path: str = "", language: str = "en") -> str:
    return f"/{language}/example/rounds/schools/vote{path}"


def sign_in(server: LiveServer, page: Page) -> None:
    """Ask for a link on the page at hand, open it, press its button."""
    page.locator("input[type=email]").first.fill(EMAIL)
    page.locator("form[action*='sign-in/link'] button").click()
    page.goto(server.link_for(EMAIL))
    page.locator("form[action*='/link/'] button").click()


def find_on_roll(page: Page, number: str = "ID1", axe: Axe | None = None) -> None:
    page.fill("[name=identity_number]", number)
    page.fill("[name=day]", "1")
    page.fill("[name=month]", "4")
    page.fill("[name=year]", "1990")
    page.locator("form[action$='/eligibility'] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this you?")
    if axe:
        axe(page)
        assert fits(page)
    page.locator("button[value=join]").click()


def add(page: Page, key: str) -> None:
    page.locator(f"[data-id={key}] .choose-button:visible").first.click()


def fits(page: Page) -> bool:
    """Nothing reaches beyond the right edge."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def look(page: Page, axe: Axe) -> None:
    """The page at hand has no barrier and fits, wide and narrow."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        axe(page)
        assert fits(page), (page.url, width)


@pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (320, False)], ids=["wide", "narrow without scripts"]
)
def test_a_citizen_signs_in_votes_and_checks_the_receipt(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, width: int, javascript: bool
) -> None:
    open_scene(live_server.app, "knapsack")
    page = page_factory(width, javascript=javascript)
    page.goto(address("/eligibility"))
    axe(page)
    page.locator("main a[href*='sign-in']").click()
    axe(page)
    sign_in(live_server, page)
    axe(page)
    find_on_roll(page, axe=axe)
    expect(page.get_by_text("Yes, you can vote.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Vote now").click()
    add(page, "a")
    add(page, "b")
    axe(page)
    assert fits(page)
    page.locator("[data-review]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your ballot")
    axe(page)
    assert fits(page)
    page.get_by_role("button", name="Put my ballot in the box").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your ballot is in the box.")
    expect(page.locator("#log-status")).to_contain_text("of the public log", timeout=20_000)
    axe(page)
    assert fits(page)
    page.get_by_role("link", name="Check it").click()
    expect(page.get_by_role("heading", name="This ballot is in the log.")).to_be_visible()
    axe(page)
    page.go_back()
    page.get_by_role("button", name="Sign out and clear this device").click()
    page.goto(address("/receipt"))
    assert "/sign-in" in page.url


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_every_ballot_style_is_voted_by_keyboard_alone(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, style: str, javascript: bool
) -> None:
    page = signed_in_page(
        live_server, open_scene(live_server.app, style), page_factory, javascript=javascript
    )
    page.goto(address())
    fill_by_keyboard(page, style)
    axe(page)
    press(page, "[data-review]")
    expect(page.locator(".chosen-list li")).to_have_count(2)
    if style == "ranked":
        expect(page.locator(".chosen-name").first).to_have_text("Project B")
    press(page, "#cast")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your ballot is in the box.")


@pytest.mark.parametrize("style", STYLES)
def test_a_small_phone_shows_a_whole_project_before_anybody_scrolls(
    live_server: LiveServer, page_factory: PageFactory, style: str
) -> None:
    """Its name, its words and its control, above the bar at the lower edge."""
    page = signed_in_page(
        live_server, open_scene(live_server.app, style, texts=DESCRIBED), page_factory
    )
    page.set_viewport_size(SMALL_PHONE)
    for language in LANGUAGES:
        page.goto(address("", language))
        expect(page.locator("#ballot[data-script=ready]")).to_be_visible()
        ends = page.locator("[data-card] .project-action").first.evaluate(
            "element => element.getBoundingClientRect().bottom"
        )
        bar = page.locator(".booth-foot").evaluate("e => e.getBoundingClientRect().top")
        assert ends <= bar, (language, ends, bar)


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Reach the element with the tabulator key and press it."""
    wanted = page.locator(selector).first
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press(key)
            page.wait_for_load_state()
            return
    pytest.fail(f"{selector} is not reached by keyboard.")


def fill_by_keyboard(page: Page, style: str) -> None:
    if style in ("approval", "knapsack"):
        for key in "ab":
            press(page, f"[data-id={key}] .choose-box", "Space")
            page.locator("h1").click()
    elif style == "ranked":
        for key in "ab":
            press(page, f"[data-card][data-id={key}] [data-add]")
        press(page, ".ranking-item:nth-child(2) [data-verb=up]")
        expect(page.locator(".ranking-item").first).to_contain_text("Project B")
    elif style == "points":
        for key in "ab":
            page.locator(f"[data-id={key}] .points-input").focus()
            page.keyboard.type("5")
    else:
        for key in "ab":
            page.locator(f"[data-id={key}] .score-radio").first.focus()
            page.keyboard.press("ArrowRight")


def signed_in_page(
    server: LiveServer, scene: Scene, page_factory: PageFactory, *, javascript: bool = True
) -> Page:
    """A page of somebody who is signed in and found on the roll."""
    cookie = scene.voter().client.get_cookie("session")
    assert cookie is not None
    page = page_factory(javascript=javascript)
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    return page


def test_a_ballot_filled_signed_out_waits_in_the_tab_until_the_citizen_has_signed_in(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    scene = open_scene(live_server.app)
    scene.voter(1)
    page = page_factory()
    page.goto(address("?district=north"))
    add(page, "b")
    page.locator("[data-review]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to go on")
    page.locator(SAME_TAB).click()
    sign_in(live_server, page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Find yourself on the roll")
    page.locator(SAME_TAB).click()
    find_on_roll(page, "ID2")
    page.get_by_role("link", name="Go on to my ballot").click()
    expect(page.locator(".chosen-name")).to_have_text(["Project B"])
    page.get_by_role("button", name="Change my choices").click()
    expect(page.locator("[data-id=b] .choose-box")).to_be_checked()


def test_a_link_that_opens_a_new_tab_finds_the_ballot_of_the_first(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    open_scene(live_server.app)
    first = page_factory()
    first.goto(address("?district=north"))
    add(first, "b")
    first.locator("[data-review]").click()
    first.locator(SAME_TAB).click()
    first.locator("input[type=email]").first.fill(EMAIL)
    first.locator("form[action*='sign-in/link'] button").click()
    second = first.context.new_page()
    second.goto(live_server.link_for(EMAIL))
    second.locator("form[action*='/link/'] button").click()
    second.locator(SAME_TAB).click()
    find_on_roll(second)
    second.get_by_role("link", name="Go on to my ballot").click()
    expect(second.locator(".chosen-name")).to_have_text(["Project B"])
    second.locator("#cast").click()
    expect(second.locator(".receipt-code")).to_be_visible()
    first.wait_for_function("sessionStorage.length === 0")


def test_without_scripts_the_page_itself_keeps_the_ballot_during_the_sign_in(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    scene = open_scene(live_server.app)
    page = signed_in_page(live_server, scene, page_factory, javascript=False)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.goto(address("?district=north"))
    expect(page.locator("noscript .notice")).to_contain_text("Please sign in before you choose")
    add(page, "b")
    page.locator("[data-review]").click()
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Go on to my ballot").click()
    expect(page.locator(".chosen-name")).to_have_text(["Project B"])


def test_the_page_says_why_a_project_cannot_be_added(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    page = signed_in_page(live_server, open_scene(live_server.app, "knapsack"), page_factory)
    page.goto(address())
    add(page, "a")
    add(page, "b")
    page.set_viewport_size({"width": 320, "height": 800})
    action = page.locator("[data-id=c] .project-action")
    reason = action.locator("[data-reason]")
    expect(reason).to_be_visible()
    expect(reason).to_have_text(
        "Costs more than what is left: €20, and €10 is left. Remove a project to make room."
    )
    expect(action.locator(".choose-box")).to_have_accessible_description(re.compile("€10 is left"))
    page.locator("[data-id=c] .choose-button").click(force=True)
    expect(page.locator("[data-id=c] .choose-box")).not_to_be_checked()
    expect(page.locator("#ballot-status")).to_contain_text("€10 is left")
    axe(page)
    add(page, "b")
    expect(reason).to_be_hidden()


def test_an_unfinished_ballot_survives_a_reload_and_is_erased_by_casting(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    page = signed_in_page(live_server, open_scene(live_server.app), page_factory)
    page.goto(address())
    add(page, "c")
    page.reload()
    expect(page.locator("[data-id=c] .choose-box")).to_be_checked()
    page.locator("[data-review]").click()
    page.locator("#cast").click()
    expect(page.locator(".receipt-code")).to_be_visible()
    page.wait_for_function("sessionStorage.length === 0")
    page.goto(address())
    expect(page.locator("[data-id=c] .choose-box")).not_to_be_checked()


def test_a_ranking_is_dragged_into_order(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    page = signed_in_page(live_server, open_scene(live_server.app, "ranked"), page_factory)
    page.goto(address())
    for key in "abc":
        page.locator(f"[data-card][data-id={key}] [data-add]").click()
    handle = page.locator(".ranking-item[data-id=c] [data-handle]")
    target = page.locator(".ranking-item[data-id=a]").bounding_box()
    assert target is not None
    handle.hover()
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 2, steps=8)
    page.mouse.up()
    names = page.locator(".ranking-item [data-name]")
    expect(names).to_have_text(["Project C", "Project A", "Project B"])


def test_an_invalid_ballot_is_explained_and_each_reason_leads_to_its_place(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    page = signed_in_page(live_server, open_scene(live_server.app, "points"), page_factory)
    page.goto(address())
    page.fill("[data-id=a] .points-input", "many")
    page.locator("[data-review]").click()
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("“Project A” is not a whole number")
    axe(page)
    summary.get_by_role("link").click()
    expect(page.locator("[data-id=a] .points-input")).to_be_focused()
    expect(page.locator("[data-id=a] .points-input")).to_have_value("many")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_booth_has_a_barrier_in_any_language(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, language: str
) -> None:
    scene = open_scene(live_server.app, "ranked")
    receipt = scene.voter().vote(("choice", "a")).location
    scene.log()
    code = receipt.rsplit("/", 1)[1]
    page = signed_in_page(live_server, scene, page_factory)
    for path in ("", "/eligibility", f"/receipt/{code}", f"/check?code={code}", "/check?code=X"):
        page.goto(address(path, language))
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
        look(page, axe)
