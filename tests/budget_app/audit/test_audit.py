"""What auditors do with a count, through the pages, and what follows."""

from flask import Flask

from budget_app.results.models import CountState
from tests.budget_app.audit.scenes import counted_round


def test_a_count_is_published_as_provisional(app: Flask) -> None:
    scene = counted_round(app)
    with app.app_context():
        count = scene.newest()
        assert count.state is CountState.PROVISIONAL
        assert count.version == 1
    assert scene.bundle().exists()
