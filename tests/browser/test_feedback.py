"""What came of it: a survey that two people answer and everybody reads, a promise with its light."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_proposals import person
from tests.budget_app.rounds.office import ROUND, found_office

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]


def test_a_survey_is_answered_and_a_promise_gets_its_light(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    office = found_office(live_server.app)
    office.announce()
    ada = person(office, live_server, page_factory(), "ada")
    eva = person(office, live_server, page_factory(320, javascript=False), "eva")

    def look(page: Page) -> None:
        axe(page)
        assert fits(page), page.url

    open_survey(ada, look)
    eva.goto(ROUND + "answers")
    eva.get_by_role("link", name="Three questions").click()
    eva.get_by_role("button", name="Send my answers").click()
    expect(eva.locator(".error-summary")).to_be_visible()
    look(eva)
    eva.get_by_label("At school").check()
    eva.get_by_role("button", name="Send my answers").click()
    expect(eva.locator(".notice-success").first).to_be_visible()
    look(eva)

    promise(ada, look)
    eva.goto(ROUND + "answers")
    article = eva.locator(".commitment")
    expect(article).to_contain_text("Every cost is published")
    expect(article).to_contain_text("Kept")
    expect(article.get_by_role("link")).to_have_attribute("href", "https://example.org/costs")
    look(eva)


def open_survey(ada: Page, look: Callable[[Page], None]) -> None:
    ada.goto(ROUND + "answers")
    ada.get_by_role("link", name="Ask in a survey").click()
    ada.fill("[name=title_en]", "Three questions")
    ada.locator("main form button").last.click()
    ada.locator("[name=kind][value=choice]").check()
    ada.fill("[name=text_en]", "How did you hear of it?")
    ada.fill("[name=options_en]", "At school")
    ada.get_by_role("button", name="Add the question").click()
    expect(ada.locator(".error-summary")).to_be_visible()  # one option is no choice
    look(ada)
    ada.fill("[name=options_en]", "At school\nOn the radio")
    ada.get_by_role("button", name="Add the question").click()
    ada.locator("main summary", has_text="Open the survey").click()
    ada.get_by_role("button", name="Open it").click()
    look(ada)


def promise(ada: Page, look: Callable[[Page], None]) -> None:
    ada.goto(ROUND + "answers")
    ada.get_by_role("link", name="Make a commitment").click()
    ada.locator("[name=principle]").first.check()
    ada.fill("[name=promise_en]", "Every cost is published")
    ada.get_by_role("button", name="Publish").click()
    ada.get_by_role("link", name="Say how it stands").click()
    ada.locator("[name=light][value=green]").check()
    ada.fill("[name=words_en]", "All of them are on the page of the round.")
    ada.get_by_role("button", name="Publish").click()
    expect(ada.locator(".error-summary")).to_contain_text("“Kept” needs the address")
    look(ada)
    ada.fill("[name=evidence]", "https://example.org/costs")
    ada.get_by_role("button", name="Publish").click()
    expect(ada.locator(".commitment")).to_be_visible()
