"""How a person finds again what they began to write."""

import pytest
from flask import Flask

from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import proposing_round
from tests.budget_app.proposals.drafts import LIST
from tests.budget_app.rounds.office import HOME, ROUND, Browser, Office

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
