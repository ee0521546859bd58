"""A proposal's life: merged, asked, rejected, appealed, accepted, on the ballot."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_citizen import fits
from tests.browser.test_proposals import person
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import Reviewing, reviewed_round
from tests.budget_app.rounds.office import ROUND

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]


def look(page: Page, axe: Axe) -> None:
    """The page at hand has no barrier, and fits."""
    axe(page)
    assert fits(page), page.url


def merge(rosa: Page, ana: Page, eva: Page, alike: tuple[int, int], axe: Axe) -> None:
    """A reviewer merges two that are alike; both authors agree."""
    target, source = alike
    rosa.goto(LIST + "review")
    look(rosa, axe)
    rosa.get_by_role("link", name="Mend the school roof").click()
    look(rosa, axe)
    take(rosa)
    rosa.fill("#merge-target", str(target))
    rosa.fill("#merge-reasons", "One roof, two proposals.")
    rosa.get_by_role("button", name="Ask the authors", exact=True).click()
    look(rosa, axe)
    for page, number in ((ana, target), (eva, source)):
        page.goto(f"{LIST}{number}")
        look(page, axe)
        page.get_by_role("button", name="Agree to merge").click()
    expect(eva.get_by_text("Merged into another proposal")).to_be_visible()
    look(eva, axe)


def question(rosa: Page, eva: Page, target: int, axe: Axe) -> None:
    """The reviewer asks, a co-author who joined by the merge answers."""
    rosa.goto(f"{LIST}{target}/review")
    take(rosa)
    rosa.fill("#ask-question", "How steep is it?")
    rosa.get_by_role("button", name="Ask the authors this question").click()
    eva.goto(f"{LIST}{target}")
    eva.get_by_role("link", name="Answer the question").click()
    look(eva, axe)
    eva.fill("[name=text]", "Thirty degrees.")
    eva.get_by_role("button", name="Send the answer").click()


def reject(rosa: Page, axe: Axe) -> None:
    """What is missing in a decision is told before it is published."""
    rosa.reload()
    rosa.get_by_label("Not feasible").check()
    rosa.get_by_role("button", name="Publish the decision").click()
    expect(rosa.locator(".error-summary")).to_contain_text("Give your reasons")
    look(rosa, axe)
    rosa.fill("#words", "Too steep a roof.")
    rosa.get_by_role("button", name="Publish the decision").click()


def appeal(ana: Page, target: int, axe: Axe) -> None:
    """The author reads the decision and appeals."""
    ana.goto(f"{LIST}{target}")
    look(ana, axe)
    ana.get_by_role("link", name="Appeal against the decision").click()
    look(ana, axe)
    ana.fill("[name=reasons]", "Churches are steeper.")
    ana.get_by_role("button", name="Make the appeal").click()


def accept(rui: Page, axe: Axe) -> None:
    """Another reviewer decides the appeal, with a cost."""
    rui.goto(LIST + "review")
    rui.get_by_role("link", name="A new school roof").click()
    take(rui)
    rui.get_by_label("The proposal is accepted, with a cost").check()
    rui.fill("#appeal-cost", "700")
    rui.fill("#appeal-words", "Churches are indeed steeper.")
    look(rui, axe)
    rui.get_by_role("button", name="Decide the appeal").click()


def read(ana: Page, target: int, axe: Axe) -> None:
    """Everything that was said stands there, and the project is on the ballot."""
    ana.goto(f"{LIST}{target}")
    for words in ("Thirty degrees.", "Too steep a roof.", "Churches are steeper.", "€700"):
        expect(ana.get_by_text(words).first).to_be_visible()
    look(ana, axe)
    ana.goto(ROUND + "projects")
    expect(ana.get_by_role("link", name="A new school roof")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "javascript"), [(320, False), (1280, True)], ids=["narrow, no scripts", "wide"]
)
def test_the_life_of_a_proposal_from_a_merge_to_the_ballot(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, width: int, javascript: bool
) -> None:
    scene = reviewed_round(live_server.app)
    alike = two_alike(scene)
    target = alike[0]
    ana, eva, rosa, rui = (
        person(scene.office, live_server, page_factory(width, javascript=javascript), name)
        for name in ("ana", "eva", "rosa", "rui")
    )

    merge(rosa, ana, eva, alike, axe)
    question(rosa, eva, target, axe)
    reject(rosa, axe)
    appeal(ana, target, axe)
    accept(rui, axe)
    read(ana, target, axe)


def two_alike(scene: Reviewing) -> tuple[int, int]:
    """A proposal by ana, and one by eva that says the same."""
    target = scene.propose("A new school roof")
    source = scene.propose("Mend the school roof")
    scene.by("eva")
    with scene.office.work():
        db.session.get_one(Proposal, source).author = scene.office.person("eva")
    return target, source


def take(page: Page) -> None:
    """Declare to have no conflict, and take the proposal."""
    page.get_by_label("I have no conflict of interest").check()
    page.get_by_role("button", name="Declare").click()
    page.get_by_role("button", name="Take this proposal").click()
    expect(page.get_by_text("You review this proposal now.")).to_be_visible()
