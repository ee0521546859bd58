"""The pin of a proposal: pressed on the map with scripts, typed as numbers without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_finding import signed_in
from tests.budget_app.browsing.scenes import LIST, proposing_round

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
CORNERS = ((18.4, -70.0), (18.6, -69.8))
"""Other proposals, so that there is a map."""


def test_a_pin_is_pressed_on_the_map_or_typed(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    scene = proposing_round(live_server.app)
    for corner in CORNERS:
        scene.propose("A well", latitude=corner[0], longitude=corner[1])
    pressed = signed_in(live_server, scene, page_factory())
    pressed.goto(LIST + "new")
    pressed.fill("[name=title]", "A new roof")
    pressed.locator(".pin-map:visible").click()
    expect(pressed.locator("[name=title]")).to_have_value("A new roof")  # nothing typed is lost
    place = float(pressed.locator("[name=latitude]").input_value())
    assert 18.4 < place < 18.6
    assert -70 < float(pressed.locator("[name=longitude]").input_value()) < -69.8
    axe(pressed)
    assert fits(pressed)

    typed = signed_in(live_server, scene, page_factory(320, javascript=False))
    typed.goto(LIST + "new")
    typed.fill("[name=title]", "A new roof")
    typed.select_option("[name=district]", index=1)
    for latitude, longitude, sentence in (
        ("91", "-69.9", "between -85 and 85"),
        ("18.5", "", "A pin needs both numbers"),
        ("north", "-69.9", "18.47"),
    ):
        typed.fill("[name=latitude]", latitude)
        typed.fill("[name=longitude]", longitude)
        typed.get_by_role("button", name="Save the draft").last.click()
        expect(typed.locator(".error-summary")).to_contain_text(sentence)
        expect(typed.locator("[name=latitude]")).to_have_value(latitude)
    axe(typed)
    assert fits(typed)
    typed.fill("[name=latitude]", "18.5, -69.9")  # both, as a map gives them
    typed.fill("[name=longitude]", "")
    typed.get_by_role("button", name="Save the draft").last.click()
    expect(typed.get_by_text("Your draft is saved.")).to_be_visible()
    typed.get_by_role("link", name="Go on writing").click()
    expect(typed.locator("[name=longitude]")).to_have_value("-69.90000")
