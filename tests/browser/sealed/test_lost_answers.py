"""Answers that get lost or refuse: a sealed ballot is in the box once, and its page says so."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sealed.booth import IN_THE_BOX, Axe, Wire, envelopes, heading, lose_one_answer
from tests.browser.test_citizen import add, address
from tests.budget_app.booth.scenes import Scene

pytestmark = pytest.mark.browser


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
