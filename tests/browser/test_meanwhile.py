"""Two officials at one form, on a narrow screen without scripts, in each language."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_proposals import person
from tests.budget_app.rounds.office import SETUP, found_office

pytestmark = pytest.mark.browser

LONG = "Budget for the schools and the roads between them, " * 2
SENTENCES = {
    "en": "Ben changed this meanwhile: ",
    "es": "Entretanto, Ben cambió esto: ",
    "fr": "Entre-temps, Ben a modifié ceci\u00a0: ",
    "pt": "Entretanto, Ben alterou isto: ",
}


def test_the_later_of_two_officials_reads_both_and_saves_again(
    live_server: LiveServer, page_factory: PageFactory, axe: Callable[[Page], None]
) -> None:
    office = found_office(live_server.app)
    office.announce()
    ben = person(office, live_server, page_factory(), "ben")
    ada = person(office, live_server, page_factory(320, javascript=False), "ada")
    for language, sentence in SENTENCES.items():
        path = f"{SETUP}/texts".replace("/en/", f"/{language}/")
        ada.goto(path)
        save(ben, title_en=f"Ben's schools ({language})", summary_es="Techos. " * 30 + language)
        ada.fill("[name=title_en]", LONG + language)
        send(ada)
        alert = ada.get_by_role("alert")
        expect(alert).to_contain_text(sentence)
        expect(ada.locator("[name=title_en]")).to_have_value(LONG + language)
        expect(ada.locator("[name=summary_es]")).to_have_value("Techos. " * 30 + language)
        assert fits(ada), ada.url
        axe(ada)
        ada.locator(".notice a").first.click()
        expect(ada.locator("[name=title_en]")).to_be_focused()
        send(ada)
        expect(ada.locator(".notice-success").first).to_be_visible()


def save(page: Page, **values: str) -> None:
    page.goto(f"{SETUP}/texts")
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    send(page)
    expect(page.locator(".notice-success").first).to_be_visible()


def send(page: Page) -> None:
    page.locator("main form button.btn-primary").click()
