"""The office whose pages are tested, and a draft by `ana`."""

import pytest
from flask import Flask

from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import Browser, Office, found_office


@pytest.fixture
def office(app: Flask) -> Office:
    return found_office(app)


@pytest.fixture
def ana(office: Office) -> Browser:
    """The browser of the author of proposal 1, a draft that says enough to be submitted."""
    office.announce()
    browser = office.browser("ana")
    browser.saved(LIST + "new", DRAFT | {"save": "1"})
    return browser
