"""An announced round whose office speaks to people."""

import pytest
from flask import Flask

from tests.budget_app.rounds.office import Office, found_office


@pytest.fixture
def office(app: Flask) -> Office:
    office = found_office(app)
    office.announce()
    return office
