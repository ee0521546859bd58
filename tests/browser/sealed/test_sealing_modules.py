"""Where the browser cannot seal, the server does, and the page says so."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

import budget_app
from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.sealed.booth import IN_THE_BOX, Axe, Wire, heading
from tests.browser.test_citizen import add, address, signed_in_page
from tests.budget_app.booth.scenes import Scene

pytestmark = pytest.mark.browser

STATIC = Path(budget_app.__file__).parent / "static"


@pytest.fixture
def without_modules(voter: Page) -> Page:
    """A browser for which the sealing modules cannot be loaded."""
    voter.route("**/vendor/hpke/**", lambda route: route.fulfill(status=404))
    return voter


def test_a_browser_that_cannot_load_the_sealing_says_so_and_the_server_seals(
    without_modules: Page, axe: Axe, scene: Scene
) -> None:
    page = without_modules
    page.goto(address())
    add(page, "b")
    expect(page.get_by_text("the server seals it")).to_be_visible()
    axe(page)
    page.locator("[data-review]").click()
    expect(page.locator("main")).to_contain_text("The server seals this ballot")
    axe(page)
    page.locator("#cast").click()
    heading(page).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]


def test_the_modules_that_seal_come_with_the_first_choice(voter: Page, scene: Scene) -> None:
    wire = Wire(voter)
    voter.goto(address(), wait_until="networkidle")
    assert not any("/vendor/" in text for text in wire.sent)
    with voter.expect_request("**/vendor/hpke/**"):
        add(voter, "b")


def test_the_modules_that_seal_are_asked_for_before_the_first_one_is_there(
    voter: Page, scene: Scene
) -> None:
    asked: set[str] = set()
    voter.on("request", lambda request: asked.add(request.url))
    voter.route("**/vendor/hpke/**", lambda _route: None)
    voter.goto(address(), wait_until="networkidle")
    add(voter, "b")
    voter.wait_for_timeout(1_000)
    modules = (STATIC / "vendor" / "hpke").rglob("*.js")
    assert sum("/vendor/hpke/" in url for url in asked) == len(list(modules))
    voter.unroute_all(behavior="ignoreErrors")


def test_a_button_pressed_before_the_script_is_there_waits_for_it(
    voter: Page, scene: Scene
) -> None:
    waiting: list[Route] = []
    voter.route("**/js/booth.js*", lambda route: waiting.append(route))
    wire = Wire(voter)
    voter.goto(address(), wait_until="commit")
    add(voter, "b")
    voter.locator("[data-review]").click()
    expect(voter.locator("#ballot")).to_have_attribute("data-pressed", "")
    assert not any(text.endswith("/review") for text in wire.sent)
    waiting[0].continue_()
    expect(voter.locator(".chosen-name")).to_have_text(["Project B"])
    assert wire.holding("choice") == []


def cast_sealed_by_the_server(voter: Page, scene: Scene) -> None:
    voter.goto(address())
    expect(voter.get_by_text("the server seals it")).to_be_visible()
    add(voter, "b")
    voter.locator("[data-review]").click()
    expect(voter.locator("main")).to_contain_text("The server seals this ballot")
    voter.locator("#cast").click()
    heading(voter).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]


def test_a_ballot_whose_script_does_not_come_is_sealed_by_the_server(
    voter: Page, scene: Scene
) -> None:
    voter.route("**/js/booth-rules.js", lambda route: route.abort())
    cast_sealed_by_the_server(voter, scene)


def test_a_browser_that_keeps_nothing_lets_the_server_seal(voter: Page, scene: Scene) -> None:
    voter.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full'); }")
    cast_sealed_by_the_server(voter, scene)


def test_a_review_that_cannot_load_the_sealing_keeps_the_ballot_and_asks(
    voter: Page, axe: Axe, scene: Scene
) -> None:
    voter.goto(address())
    add(voter, "b")
    voter.context.route("**/js/seal.js", lambda route: route.abort())
    voter.locator("[data-review]").click()
    expect(voter.locator("main")).to_contain_text("This browser could not seal your ballot.")
    axe(voter)
    voter.get_by_role("button", name="Let the server seal my ballot").click()
    expect(voter.locator(".chosen-name")).to_have_text(["Project B"])
    voter.locator("#cast").click()
    heading(voter).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]


def test_without_scripts_the_page_says_that_the_server_seals(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, scene: Scene
) -> None:
    page = signed_in_page(live_server, scene, page_factory, javascript=False)
    page.goto(address())
    expect(page.locator("noscript .notice")).to_contain_text("the server seals your ballot")
    axe(page)
    add(page, "b")
    page.locator("[data-review]").click()
    expect(page.locator("main")).to_contain_text("The server seals this ballot")
    axe(page)
    page.locator("#cast").click()
    heading(page).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]
