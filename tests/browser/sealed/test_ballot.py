"""A ballot in a sealed round: choices leave the browser inside the envelope alone."""

from typing import Any

import pytest
from flask import Response
from playwright.sync_api import Page, expect

from budget_app.extensions import db
from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.sealed.booth import IN_THE_BOX, Axe, Wire, heading, kept_in_tab
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

pytestmark = pytest.mark.browser

OPENED: dict[str, list[Any]] = {
    "approval": ["a", "b"],
    "knapsack": ["a", "b"],
    "ranked": ["b", "a"],
    "points": [["a", 5], ["b", 5]],
    "score": [["a", 1], ["b", 1]],
}


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
