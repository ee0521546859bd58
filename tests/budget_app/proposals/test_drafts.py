"""How a person finds again what they began to write."""

import pytest
from flask import Flask

from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import proposing_round
from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import HOME, ROUND, Browser, Office, began_with

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

INVITES = "You have a draft: go on writing A new roof"


@pytest.mark.parametrize("address", [ROUND, LIST + "new", HOME + "account/"])
def test_a_draft_is_offered_to_whom_it_belongs_until_it_is_submitted(
    office: Office, ana: Browser, address: str
) -> None:
    page = ana.get(address)
    assert INVITES in Page(page.text).text
    assert f'href="{LIST}1/edit"' in page.text
    assert INVITES not in office.browser("eva").text(address)
    ana.saved(LIST + "1/submit")
    assert INVITES not in ana.text(address)


def test_while_people_propose_their_proposals_come_before_the_projects(app: Flask) -> None:
    scene = proposing_round(app)
    scene.propose("A well")
    for address in (HOME, ROUND):
        page = scene.office.stranger().get(address).text
        money = page.split('class="round-money"')[1].split("</p>")[0]
        assert f'<a href="{LIST}">1 proposal</a>' in money, address


def test_what_the_form_refused_waits_at_an_address_until_it_is_mended(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    long = DRAFT | {
        "title": "Too long. " * 19 + "Too long.",
        "district": "",
        "submit": "1",
        "more_of_it": "x",
    }
    assert ana.post(LIST + "new", long).location == LIST + "1/edit"
    for _visit in range(2):
        page = ana.get(LIST + "1/edit")
        assert page.status_code == 200
        assert began_with(page.text)["began_with"]
        assert f'value="{long["title"]}"' in page.text
        assert "At most 120 characters." in page.text
        assert "What you typed is kept here as a draft" in page.text
    assert office.browser("eva").get(LIST + "1/edit").status_code == 404
    ana.saved(LIST + "1/edit", DRAFT | {"save": "1"})
    assert "field-error" not in ana.get(LIST + "1/edit").text
    assert "kept here" not in ana.text(LIST + "1/edit")
    assert ana.post(LIST + "1/edit", DRAFT | {"title": "", "save": "1"}).status_code == 302
    assert "Submit the proposal" not in ana.text(LIST + "1")
    assert "This cannot stay empty." in ana.text(LIST + "1/edit")


def test_a_form_without_a_word_begins_no_draft(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    assert ana.post(LIST + "new", {"save": "1", "district": "national"}).status_code == 422
    assert ana.get(LIST + "1").status_code == 404


def test_a_draft_is_closed_and_a_proposal_withdrawn_at_the_end_of_its_page(
    office: Office, ana: Browser
) -> None:
    draft = ana.text(LIST + "1")
    assert "Close the draft" in draft
    assert "Withdraw this proposal" not in draft
    ana.saved(LIST + "1/submit")
    proposal = ana.text(LIST + "1")
    assert proposal.index("History of this proposal") < proposal.index("Withdraw this proposal")
    ana.saved(LIST + "new", DRAFT | {"save": "1"})
    ana.saved(LIST + "2/withdraw")
    assert "The draft is closed." in ana.text(LIST + "2")
