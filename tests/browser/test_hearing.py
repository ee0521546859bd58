"""A hearing in three browsers at once: the chair, an organisation, and somebody of the public."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, Route, expect

from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import SignIn
from budget_app.extensions import db
from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.hearings.meeting import PAGE, Meeting, called
from voting import clock
from voting.database import writing

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]

QUESTION = "Who looks after the river banks once they are paid for?"
VIDEO = "https://video.example.org/videos/embed/aBcDeFgHiJkLmN?p2p=0"


@pytest.fixture
def meeting(live_server: LiveServer) -> Meeting:
    live_server.app.extensions["live_fragments"].seconds = 0
    return called(live_server.app)


def signed_in(page: Page, server: LiveServer, name: str) -> Page:
    cookie: Any = {"name": "session", "value": _cookie(server.app, name), "url": server.url}
    page.context.add_cookies([cookie])
    return page


def _cookie(app: Flask, name: str) -> str:
    token = secrets.token_urlsafe()
    with app.app_context(), writing():
        now = clock.now(db.session())
        row = SignIn(
            token_hash=sessions.token_hash(token),
            user=accounts.ensure_user(f"{name}@example.org", name=name.title()),
            created_at=now,
            ends_at=now + timedelta(hours=1),
            second_factor_at=now,
        )
        db.session.add(row)
        db.session.commit()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": token, sessions.SEEN: int(time.time())}))


def look_again(page: Page) -> None:
    """As when the visitor comes back to the page: it asks at once."""
    with page.expect_response(re.compile(r"/live$")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def take_part(otto: Page) -> None:
    """An organisation asks to be heard."""
    otto.goto(PAGE)
    otto.get_by_role("link", name="Register an organisation").click()
    otto.get_by_label("Name of the organisation").fill("Friends of the river")
    otto.get_by_label("What it does").fill("We clean the banks.")
    otto.get_by_label("How the office reaches you").fill("555 1234")
    otto.get_by_label("What you want to say").fill("Three places need a dike.")
    otto.get_by_role("button", name="Ask to take part").click()


def begin(chair: Page, axe: Axe) -> None:
    """The chair confirms it and begins."""
    chair.goto(PAGE + "/desk")
    chair.get_by_role("link", name="Friends of the river").click()
    chair.get_by_role("button", name="Confirm it").click()
    chair.get_by_text("Begin the hearing").click()
    chair.get_by_role("button", name="Begin it").click()
    axe(chair)


def ask(otto: Page, public: Page) -> None:
    """A question comes in while somebody else is typing another."""
    public.goto(PAGE)
    public.get_by_label("Your question").fill("Half a thought that nobody may interr")
    otto.goto(PAGE)
    otto.get_by_label("Your question").fill(QUESTION)
    otto.get_by_role("button", name="Put it into the queue").dblclick()
    expect(otto.locator("#live")).to_contain_text(QUESTION)
    expect(otto.locator("#live")).to_contain_text("Friends of the river")
    expect(otto.locator("#live .question-words")).to_have_count(1)
    expect(otto.get_by_label("Your question")).to_have_value("")


def support(public: Page, axe: Axe) -> None:
    """The queue moves, and whoever types loses neither place nor words."""
    look_again(public)
    expect(public.locator("#live")).to_contain_text(QUESTION)
    assert public.evaluate("document.activeElement.id") == "words"
    expect(public.get_by_label("Your question")).to_have_value(
        "Half a thought that nobody may interr"
    )
    public.get_by_role("button", name="Support this").click()
    expect(public.locator("#mine")).to_contain_text(QUESTION)
    expect(public.locator("#q1")).to_contain_text("1 supporter")
    expect(public.get_by_label("Your question")).to_have_value(
        "Half a thought that nobody may interr"
    )
    axe(public)


def take_up(chair: Page, public: Page) -> None:
    """The chair shortlists the question and takes it up; the public sees it."""
    expect(public.locator("#support-1")).to_contain_text("take it back")
    public.locator("#support-1").focus()
    chair.reload()
    chair.get_by_role("button", name="Shortlist").click()
    look_again(public)
    expect(public.locator("#list-shortlisted")).to_contain_text(QUESTION)
    assert public.evaluate("document.activeElement.id") == "support-1"
    chair.get_by_role("button", name="Take it up").click()
    look_again(public)
    expect(public.locator(".question-now")).to_contain_text(QUESTION)
    expect(public.locator("#announcements")).to_contain_text(QUESTION)


def ask_in_a_poll(chair: Page, public: Page, otto: Page) -> None:
    """A poll is opened, answered once, and closed; who is late reads why at the poll, and stays there."""
    chair.reload()
    chair.get_by_role("button", name="Open the poll").click()
    look_again(public)
    public.get_by_role("button", name="Friday").dblclick()
    expect(public.locator(".poll-answered")).to_be_focused()
    expect(public.get_by_role("button", name="Friday")).to_have_count(0)
    look_again(public)
    expect(public.locator(".poll-refused")).to_have_count(0)
    expect(public.locator(".poll-answered")).to_contain_text("Your answer counts")
    expect(public.locator("#mine")).to_contain_text("Which evening?")
    look_again(otto)
    chair.get_by_role("button", name="Close the poll").click()
    otto.get_by_role("button", name="Friday").click()
    refused = otto.locator("#live-poll .poll-refused")
    expect(refused).to_have_text("This poll takes no answers now.")
    expect(refused).to_be_focused()
    look_again(otto)
    expect(refused).to_have_text("This poll takes no answers now.")
    expect(otto.locator(".ask .said")).to_have_count(0)


def answer(chair: Page, public: Page, axe: Axe) -> None:
    """The answer is written and read."""
    chair.get_by_role("link", name="Write the answer").click()
    chair.get_by_label("Who answered").fill("Pia Costa")
    chair.get_by_label("The answer, in short").fill("The office of parks.")
    chair.get_by_role("button", name="Publish the answer").click()
    look_again(public)
    expect(public.locator("#live")).to_contain_text("The office of parks.")
    expect(public.locator("#live-poll")).to_contain_text("fewer than 10")
    axe(public)


def test_chair_organisation_and_public_meet(
    meeting: Meeting,
    live_server: LiveServer,
    page_factory: PageFactory,
    axe: Axe,
) -> None:
    chair = signed_in(page_factory(), live_server, "pia")
    otto = signed_in(page_factory(), live_server, "otto")
    public = signed_in(page_factory(320), live_server, "ana")

    take_part(otto)
    begin(chair, axe)
    ask(otto, public)
    support(public, axe)
    take_up(chair, public)
    with meeting.office.work():
        meeting.add_poll()
    ask_in_a_poll(chair, public, otto)
    answer(chair, public, axe)


def test_a_simulated_hearing_fills_its_page_until_it_is_stopped(
    meeting: Meeting, live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    """The server's own worker moves it on while the page looks again by itself."""
    with meeting.office.work():
        meeting.hearing().parliament.is_exercise = True
    page = signed_in(page_factory(320), live_server, "pia")
    page.goto(PAGE)
    page.get_by_role("button", name="Simulate this hearing").click()
    expect(page.locator("#simulation")).to_contain_text("Running")
    expect(page.locator("#simulation-step")).to_contain_text("The hearing begins.")
    axe(page)
    page.get_by_role("button", name="Stop the simulation").click()
    expect(page.locator("#simulation")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Let it go on")).to_be_visible()


def test_who_asks_after_the_sign_in_ended_reads_so_at_the_form_and_loses_no_word(
    meeting: Meeting, live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    meeting.begin()
    page = signed_in(page_factory(320), live_server, "ana")
    page.goto(PAGE)
    page.get_by_label("Your question").fill(QUESTION)
    page.context.clear_cookies()
    button = page.get_by_role("button", name="Put it into the queue")
    button.click()
    said = page.locator(".ask .said")
    expect(said).to_contain_text("Your sign-in ended")
    expect(page.locator("#announcements")).to_contain_text("Your sign-in ended")
    expect(page.locator(".ask").get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    axe(page)
    signed_in(page, live_server, "ana")
    button.click()
    expect(said).to_contain_text("You are signed in again")
    button.click()
    expect(page.locator("#live")).to_contain_text(QUESTION)
    expect(page.get_by_label("Your question")).to_have_value("")
    expect(button).to_be_focused()
    sign(page)
    expect(page.locator(".ask").get_by_role("link", name="Sign in")).to_have_count(0)


def sign(page: Page) -> None:
    """The name is asked for on the page of the hearing too, and mended there."""
    page.get_by_label("Your question").fill(QUESTION + " And when?")
    page.get_by_text("It is published with your name: Ana").click()
    name = page.get_by_label("Public name")
    name.fill("ana@example.org")
    page.get_by_role("button", name="Put it into the queue").click()
    expect(name).to_be_focused()
    expect(page.locator("#public_name-error")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value(QUESTION + " And when?")
    name.fill("Ana Paz")
    page.get_by_role("button", name="Put it into the queue").click()
    expect(page.locator("#live")).to_contain_text("Ana Paz")
    expect(page.locator(".ask summary")).to_contain_text("Ana Paz")


class Network:
    """What a page asks of anybody but us; a stand-in answers in the host's place."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.ours = server.url
        self.asked: list[str] = []
        self.said: list[str] = []
        page.context.route("**/*", self._answer)
        page.on("console", lambda message: self.said.append(message.text))

    def _answer(self, route: Route) -> None:
        if route.request.url.startswith(self.ours):
            route.continue_()
            return
        self.asked.append(route.request.url)
        route.fulfill(body="<p>A player</p>", content_type="text/html")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_nothing_is_asked_of_a_third_party_before_consent(
    meeting: Meeting, live_server: LiveServer, browser: Browser, javascript: bool
) -> None:
    """The browser's own network is watched; after consent one host is asked, on that page alone."""
    meeting.begin()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=javascript)
    page = context.new_page()
    network = Network(page, live_server)
    page.goto(PAGE, wait_until="networkidle")
    assert network.asked == []
    page.get_by_role("button", name="Show the stream from video.example.org").click()
    expect(page.frame_locator("iframe").get_by_text("A player")).to_be_visible()
    assert network.asked == [VIDEO]
    page.goto(PAGE, wait_until="networkidle")
    assert network.asked == [VIDEO]
    assert page.locator("iframe").count() == 0
    context.close()
    assert network.said == []
