"""The office whose pages are tested, on both databases."""

import pytest
from flask import Flask

from tests.budget_app.rounds.office import Office, found_office


@pytest.fixture
def office(app: Flask) -> Office:
    return found_office(app)
