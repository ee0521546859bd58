"""A round in which people propose, on both databases."""

import pytest
from flask import Flask

from tests.budget_app.browsing.scenes import Proposing, proposing_round


@pytest.fixture
def scene(app: Flask) -> Proposing:
    return proposing_round(app)
