"""A vote in a sealed round: choices leave the browser inside the envelope alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select

import budget_app
from budget_app.extensions import db
from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import (
    LANGUAGES,
    SAME_TAB,
    add,
    address,
    fill_by_keyboard,
    find_on_roll,
    look,
    press,
    sign_in,
    signed_in_page,
)
from tests.budget_app.booth.scenes import Scene, open_scene
from voting import changes
from voting.database import writing
from voting.models import Envelope

STATIC = Path(budget_app.__file__).parent / "static"

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
IN_THE_BOX = "Your ballot is in the box."
OPENED: dict[str, list[Any]] = {
    "approval": ["a", "b"],
    "knapsack": ["a", "b"],
    "ranked": ["b", "a"],
    "points": [["a", 5], ["b", 5]],
    "score": [["a", 1], ["b", 1]],
}


class Wire:
    """Everything that a page sends and gets."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.casts: list[str] = []
        page.context.on("request", self._write)

    def _write(self, request: Request) -> None:
        body = request.post_data or ""
        if request.url.endswith("/cast"):
            self.casts.append(body)
        self.sent += [request.url, body, str(request.all_headers())]

    def holding(self, pattern: str) -> list[str]:
        """What was sent with these words outside an envelope."""
        seen = [re.sub(r"envelope=[\w-]+", "", text) for text in self.sent]
        return [text for text in seen if re.search(pattern, text)]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def kept_in_tab(page: Page) -> int:
    return int(page.evaluate("sessionStorage.length"))


@pytest.fixture
def scene(live_server: LiveServer) -> Scene:
    return open_scene(live_server.app, sealed=True)


@pytest.fixture
def voter(live_server: LiveServer, page_factory: PageFactory, scene: Scene) -> Page:
    return signed_in_page(live_server, scene, page_factory)


@pytest.fixture
def reviewed(voter: Page) -> Page:
    """The review of a ballot with b and c."""
    voter.goto(address())
    for key in "bc":
        add(voter, key)
    voter.locator("[data-review]").click()
    expect(voter.locator(".chosen-name")).to_have_text(["Project B", "Project C"])
    return voter


@pytest.mark.parametrize("style", OPENED)
def test_every_ballot_style_is_sealed_in_the_browser_by_keyboard_alone(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, style: str
) -> None:
    scene = open_scene(live_server.app, style, sealed=True)
    page = signed_in_page(live_server, scene, page_factory)
    wire = Wire(page)
    page.goto(address())
    fill_by_keyboard(page, style)
    axe(page)
    press(page, "[data-review]")
    expect(page.locator(".chosen-list li")).to_have_count(2)
    axe(page)
    press(page, "#cast")
    heading(page).to_have_text(IN_THE_BOX)
    axe(page)
    page.wait_for_function("sessionStorage.length === 0")
    assert scene.plain_ballots() == [OPENED[style]]
    assert len(wire.casts) == 1
    assert wire.holding(r"choice|points-|act=") == []


@pytest.fixture
def marked(live_server: LiveServer) -> Scene:
    """Projects whose ids nothing else would say."""
    return open_scene(live_server.app, sealed=True, keys=["marker-one", "marker-two", "c", "d"])


@pytest.fixture
def answers(live_server: LiveServer) -> list[str]:
    """Headers and content of everything that the server answers, static files aside."""
    given: list[str] = []

    @live_server.app.after_request
    def write(response: Response) -> Response:
        if not response.direct_passthrough:
            given.append(f"{response.headers}{response.get_data(as_text=True)}")
        return response

    return given


def test_no_request_holds_a_chosen_project_outside_the_envelope(
    live_server: LiveServer, page_factory: PageFactory, answers: list[str], marked: Scene
) -> None:
    marked.voter(1)
    page = page_factory()
    wire = Wire(page)
    page.goto(address("?district=north"))
    add(page, "marker-one")
    page.locator("[data-review]").click()
    heading(page).to_have_text("Sign in to go on")
    assert "marker" not in page.content()
    page.locator(SAME_TAB).click()
    sign_in(live_server, page)
    page.locator(SAME_TAB).click()
    find_on_roll(page, "ID2")
    page.get_by_role("link", name="Go on to my ballot").click()
    expect(page.locator(".chosen-name")).to_have_text(["Project MARKER-ONE"])
    page.locator("#cast").click()
    heading(page).to_have_text(IN_THE_BOX)
    assert "marker" not in page.content()
    assert wire.holding("marker|Project") == []
    assert [text for text in answers if "marker-one" in text and "marker-two" not in text] == []
    assert marked.plain_ballots() == [["marker-one"]]
    assert kept_in_tab(page) == 0
    page.get_by_role("button", name="Sign out and clear this device").click()
    assert kept_in_tab(page) == 0


def test_signing_out_erases_an_unfinished_ballot(voter: Page) -> None:
    voter.goto(address())
    add(voter, "b")
    assert kept_in_tab(voter) == 1
    voter.locator("details.menu summary").last.click()
    voter.locator("details.menu form[action$='sign-out'] button").click()
    voter.wait_for_function("sessionStorage.length === 0")


def test_the_ballot_is_changed_and_reviewed_again(reviewed: Page, scene: Scene) -> None:
    reviewed.get_by_role("button", name="Change my choices").click()
    expect(reviewed.locator("[data-id=b] .choose-box")).to_be_checked()
    add(reviewed, "c")
    add(reviewed, "a")
    reviewed.locator("[data-review]").click()
    expect(reviewed.locator(".chosen-name")).to_have_text(["Project A", "Project B"])
    reviewed.go_back()
    expect(reviewed.locator("[data-id=a] .choose-box")).to_be_checked()
    reviewed.locator("[data-review]").click()
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["a", "b"]]


def test_back_from_the_receipt_is_an_empty_ballot(reviewed: Page) -> None:
    reviewed.route("**/js/booth-receipt.js*", lambda route: route.abort())  # on a slow network
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    reviewed.go_back()
    expect(reviewed.locator("[data-id=b] .choose-box")).not_to_be_checked()


def test_a_page_that_the_browser_kept_shows_no_choice_that_was_cast_meanwhile(voter: Page) -> None:
    voter.goto(address())
    add(voter, "b")
    voter.evaluate("sessionStorage.clear()")
    with voter.expect_navigation():
        voter.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(voter.locator("[data-id=b] .choose-box")).not_to_be_checked()


def test_a_blank_ballot_says_so_on_its_button(voter: Page, scene: Scene) -> None:
    voter.goto(address())
    voter.locator("[data-review]").click()
    expect(voter.get_by_text("Your ballot is blank")).to_be_visible()
    voter.get_by_role("button", name="Put my blank ballot in the box").click()
    heading(voter).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [[]]


def test_the_review_says_which_chosen_project_was_withdrawn(
    reviewed: Page, axe: Axe, scene: Scene
) -> None:
    with scene.app.app_context(), writing():
        for key in "ab":
            reason = {"en": f"The site of {key} was sold."}
            changes.withdraw(
                db.session(), scene.round_id, key, reason, ("official-a", "official-b")
            )
        db.session.commit()
    reviewed.goto(address("?then=review"))
    expect(reviewed.get_by_text("The site of b was sold.")).to_be_visible()
    expect(reviewed.get_by_text("The site of a was sold.")).to_be_hidden()
    axe(reviewed)
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)


def test_two_tabs_cast_a_ballot_each_and_the_last_one_counts(reviewed: Page, scene: Scene) -> None:
    second = reviewed.context.new_page()
    second.goto(address())
    add(second, "a")
    second.locator("[data-review]").click()
    second.locator("#cast").click()
    heading(second).to_have_text(IN_THE_BOX)
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    assert sorted(scene.plain_ballots()) == [["a"], ["b", "c"]]


@pytest.mark.parametrize("reload", [False, True], ids=["pressed again", "after a reload"])
def test_after_a_lost_answer_the_same_bytes_get_the_same_receipt(
    reviewed: Page, scene: Scene, reload: bool
) -> None:
    wire = Wire(reviewed)
    lose_one_answer(reviewed)
    reviewed.locator("#cast").click()
    expect(reviewed.get_by_text("No answer came.")).to_be_visible()
    assert envelopes(scene) == 1
    if reload:
        reviewed.goto(address("?then=review"))
        expect(reviewed.locator(".chosen-name")).to_have_text(["Project B", "Project C"])
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    first, second = (re.findall(r"(?:token|envelope)=[\w-]+", body) for body in wire.casts)
    assert first == second
    assert envelopes(scene) == 1


def lose_one_answer(page: Page) -> None:
    """The server gets the next cast, and its answer does not come back."""

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/cast", lose, times=1)


def envelopes(scene: Scene) -> int:
    with scene.app.app_context():
        return len(db.session.scalars(select(Envelope.leaf_hash)).all())


def test_a_ballot_changed_after_a_lost_answer_is_another_ballot(
    reviewed: Page, scene: Scene
) -> None:
    lose_one_answer(reviewed)
    reviewed.locator("#cast").click()
    expect(reviewed.get_by_text("No answer came.")).to_be_visible()
    reviewed.get_by_role("button", name="Change my choices").click()
    expect(reviewed.locator("[data-id=b] .choose-box")).to_be_checked()
    add(reviewed, "b")
    reviewed.locator("[data-review]").click()
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    assert sorted(scene.plain_ballots()) == [["b", "c"], ["c"]]


def test_a_refused_envelope_is_explained_and_the_choices_are_kept(
    reviewed: Page, scene: Scene
) -> None:
    reviewed.evaluate("document.querySelector('[name=envelope]').value = 'AAAA'")
    reviewed.locator("#cast").click()
    expect(reviewed.locator("main")).to_contain_text("The sealed ballot did not arrive whole.")
    reviewed.get_by_role("link", name="Go on to my ballot").click()
    expect(reviewed.locator(".chosen-name")).to_have_text(["Project B", "Project C"])
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)


CAST_ANOTHER = """async () => {
  const form = document.querySelector("[data-cast]");
  const data = new URLSearchParams(new FormData(form));
  const envelope = data.get("envelope");
  data.set("envelope", (envelope[0] === "A" ? "B" : "A") + envelope.slice(1));
  return (await fetch(form.action, { method: "POST", body: data })).ok;
}"""


def test_a_page_whose_confirmation_cast_another_envelope_is_told_so_and_goes_on(
    reviewed: Page, axe: Axe, scene: Scene
) -> None:
    assert reviewed.evaluate(CAST_ANOTHER)
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text("A ballot was already recorded from this page")
    axe(reviewed)
    reviewed.get_by_role("link", name="Review these choices").click()
    expect(reviewed.locator(".chosen-name")).to_have_text(["Project B", "Project C"])
    reviewed.locator("#cast").click()
    heading(reviewed).to_have_text(IN_THE_BOX)
    assert envelopes(scene) == 2


@pytest.mark.parametrize(
    ("style", "fields", "sentence"),
    [
        ("points", {"a": "many"}, "“Project A” is not a whole number"),
        ("points", {"a": "-1"}, "“Project A” has a number below 1"),
        ("points", {"a": "6", "b": "5"}, "Too many points are given. Give at most 10 in all."),
    ],
)
def test_the_page_explains_an_invalid_ballot_and_each_reason_leads_to_its_place(
    live_server: LiveServer,
    page_factory: PageFactory,
    axe: Axe,
    style: str,
    fields: dict[str, str],
    sentence: str,
) -> None:
    scene = open_scene(live_server.app, style, sealed=True)
    page = signed_in_page(live_server, scene, page_factory)
    page.goto(address())
    for key, text in fields.items():
        page.fill(f"[data-id={key}] .points-input", text)
    wire = Wire(page)
    page.locator("[data-review]").click()
    summary = page.locator("#faults")
    expect(summary).to_contain_text(sentence)
    expect(summary).to_be_focused()
    axe(page)
    summary.get_by_role("link").click()
    if len(fields) == 1:
        expect(page.locator("[data-id=a] .points-input")).to_be_focused()
    assert not any(url.endswith("/review") for url in wire.sent)
    page.fill("[data-id=a] .points-input", "1")
    page.locator("[data-review]").click()
    heading(page).to_have_text("Your ballot")


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


def test_a_ballot_whose_script_does_not_come_is_sealed_by_the_server(
    voter: Page, scene: Scene
) -> None:
    voter.route("**/js/booth-rules.js", lambda route: route.abort())
    voter.goto(address())
    expect(voter.get_by_text("the server seals it")).to_be_visible()
    add(voter, "b")
    voter.locator("[data-review]").click()
    expect(voter.locator("main")).to_contain_text("The server seals this ballot")
    voter.locator("#cast").click()
    heading(voter).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]


def test_a_browser_that_keeps_nothing_lets_the_server_seal(voter: Page, scene: Scene) -> None:
    voter.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full'); }")
    voter.goto(address())
    expect(voter.get_by_text("the server seals it")).to_be_visible()
    add(voter, "b")
    voter.locator("[data-review]").click()
    expect(voter.locator("main")).to_contain_text("The server seals this ballot")
    voter.locator("#cast").click()
    heading(voter).to_have_text(IN_THE_BOX)
    assert scene.plain_ballots() == [["b"]]


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sealed_booth_has_no_barrier_in_any_language(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, language: str
) -> None:
    scene = open_scene(live_server.app, "points", sealed=True)
    page = signed_in_page(live_server, scene, page_factory)
    page.goto(address("", language))
    page.fill("[data-id=a] .points-input", "11")
    page.locator("[data-review]").click()
    expect(page.locator("#faults")).to_be_visible()
    look(page, axe)
    page.fill("[data-id=a] .points-input", "1")
    page.locator("[data-review]").click()
    expect(page.locator(".chosen-list li")).to_have_count(1)
    look(page, axe)
    assert "{" not in page.locator("main").inner_text()
