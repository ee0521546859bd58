"""A digest is chosen on the page of what one follows, and ended from its mail without signing in."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from budget_app.browsing.models import DigestChoice
from budget_app.extensions import db
from tests.browser.conftest import MAIL_SECONDS, LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_finding import EVA, signed_in
from tests.budget_app.browsing.scenes import proposing_round
from tests.budget_app.rounds.office import HOME

pytestmark = pytest.mark.browser


def test_a_digest_is_chosen_and_ended_from_its_mail(
    live_server: LiveServer, page_factory: PageFactory, axe: Callable[[Page], None]
) -> None:
    scene = proposing_round(live_server.app)
    page = signed_in(live_server, scene, page_factory(320, javascript=False))
    page.goto(HOME + "following")
    page.select_option("[name=digest]", "daily")
    page.locator("form[action$=digest] button").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    axe(page)
    assert fits(page)
    scene.propose("A new roof")
    with scene.office.work():  # a day goes by
        choice = db.session.scalars(db.select(DigestChoice)).one()
        choice.told_until -= timedelta(days=2)
        choice.due_at -= timedelta(days=2)

    stranger = page_factory(320, javascript=False)
    address = end_of_digest(live_server)
    stranger.goto(address)
    expect(stranger.get_by_text("Press the button to get no more mails")).to_be_visible()
    axe(stranger)
    assert fits(stranger)
    stranger.get_by_role("button", name="Send me no more mails").click()
    expect(stranger.get_by_role("status")).to_contain_text("You will get no more mails")
    page.goto(HOME + "following")
    expect(page.locator("[name=digest]")).to_have_value("never")
    answer = stranger.goto(address[:-3] + "xyz")
    assert answer is not None
    assert answer.status == 404


def end_of_digest(server: LiveServer) -> str:
    """The address in the digest, as soon as it was sent."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for mail in getattr(server.app.extensions["mailman"], "outbox", []):
            found = re.search(r"http\S+/no-more-mails/\S+", mail.body)
            if found and "A new roof" in mail.body and f"{EVA}@example.org" in mail.to:
                return urlsplit(found.group()).path
        time.sleep(0.05)
    pytest.fail("No digest was sent.")
