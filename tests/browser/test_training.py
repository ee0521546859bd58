"""A training session: two delegations join with scripts and without, one starts afresh, one comes back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_proposals import person
from tests.budget_app.rounds.office import HOME, found_office

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
MADE_MS = 60_000
"""Two exercises, on a machine that does much else."""


def test_two_delegations_practise_and_one_starts_afresh(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe
) -> None:
    ada = person(found_office(live_server.app), live_server, page_factory(), "ada")

    def look(page: Page) -> None:
        axe(page)
        assert fits(page), page.url

    ada.goto(HOME + "training/new")
    ada.fill("[name=title]", "Regional workshop")
    ada.get_by_role("button", name="Make the exercises").click()
    expect(ada.locator(".error-summary")).to_contain_text("This cannot stay empty.")
    look(ada)
    ada.locator("summary", has_text="Exercises that begin elsewhere").click()
    ada.fill("[name=delegations_proposals]", "Delegation of Haiti")
    ada.fill("[name=delegations_voting]", "Delegation of Belize")
    ada.get_by_role("button", name="Make the exercises").click()
    expect(ada.get_by_text("2 of 2 exercises are ready.")).to_be_visible(timeout=MADE_MS)
    look(ada)
    haiti, belize = ada.locator(".delegations .code").all_inner_texts()

    eva = page_factory(320, javascript=False)
    seat = join(eva, belize, look)
    eva.locator("details.menu summary").last.click()
    expect(eva.locator(".menu-list .code")).to_have_text(seat)
    look(eva)
    eva.get_by_role("link", name="Vote now").first.click()
    expect(eva.locator(".example-banner")).to_contain_text("nothing here is real")
    join(page_factory(), haiti, look)

    back = page_factory(320)
    back.goto(f"/en/join/{belize}")
    back.get_by_role("link", name="I was here before").click()
    back.fill("[name=code]", "ABCD-EFGH")
    back.get_by_role("button", name="Come back").click()
    expect(back.locator(".error-summary")).to_contain_text("Nobody in this exercise")
    look(back)
    back.fill("[name=code]", seat.lower())
    back.get_by_role("button", name="Come back").click()
    expect(back.get_by_role("link", name="Youth budget 2027").first).to_be_visible()

    of_belize = ada.locator(".delegations > li", has_text="Delegation of Belize")
    of_belize.locator("summary", has_text="Reset").click()
    of_belize.get_by_role("button", name="Make it afresh").click()
    expect(ada.get_by_text("A fresh exercise is being made")).to_be_visible()
    back.reload()
    expect(back.get_by_role("heading", level=1)).to_have_text("This exercise was begun anew")
    expect(ada.get_by_text("2 of 2 exercises are ready.")).to_be_visible(timeout=MADE_MS)
    expect(of_belize).to_contain_text("0 people have joined")


def join(page: Page, code: str, look: Callable[[Page], None]) -> str:
    """Come in as a citizen; answers the code of the seat."""
    page.goto(f"/join/{code}")
    page.get_by_role("button", name="Join the exercise").click()
    expect(page.locator(".error-summary")).to_contain_text("This cannot stay empty.")
    look(page)
    page.fill("[name=name]", "Ana")
    page.get_by_role("button", name="Join the exercise").click()
    told = page.get_by_text("Write down your code").inner_text()
    look(page)
    found = re.search(r"code, (\S+):", told)
    assert found, told
    return found[1].replace("\u2011", "-")
