"""A voter in a sealed round, and one with a ballot to review."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import add, address, signed_in_page
from tests.budget_app.booth.scenes import Scene, open_scene


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
