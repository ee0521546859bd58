"""Who seals the rules is told what is not decided for good: nothing joins the ballot afterwards."""

import pytest
from flask import Flask

from budget_app.rounds import secrecy
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST, Proposing
from tests.budget_app.reviews.scenes import Reviewing
from tests.budget_app.rounds.office import SETUP, found_office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def scene(app: Flask) -> Reviewing:
    """A round whose rules can be sealed."""
    office = found_office(app)
    office.fill()
    with office.work():
        secrecy.choose_exercise(office.round_(), by=office.person("ada"))
    return Reviewing(Proposing(office))


def test_the_seal_warns_of_open_reviews_open_appeals_and_decisions_that_are_not_final(
    scene: Reviewing,
) -> None:
    ada = scene.by("ada")
    assert "Not everything is decided" not in ada.text(SETUP + "/seal")
    scene.propose("In review")
    scene.propose("A draft", state="draft")
    scene.reject("rosa", scene.propose("May appeal"))
    appealed = scene.propose("Has appealed")
    scene.reject("rosa", appealed)
    scene.by("ana").saved(f"{LIST}{appealed}/appeal", {"reasons": "It is flat."})
    page = ada.get(SETUP + "/seal").text
    text = Page(page).text
    assert "1 proposal waits for a review." in text
    assert "1 appeal waits for a decision." in text
    assert "1 proposal was not accepted, and its authors can still appeal" in text
    for address in (f"{LIST}review", f"{LIST}review?waiting=appeal", f"{LIST}?state=rejected"):
        assert f'href="{address}"' in page
    ada.seals()  # a warning, and no gap
