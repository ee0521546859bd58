"""The round whose proposals are reviewed."""

import pytest
from flask import Flask

from tests.budget_app.reviews.scenes import Reviewing, reviewed_round


@pytest.fixture
def scene(app: Flask) -> Reviewing:
    return reviewed_round(app)
