"""Who saves a search with a double click."""

from budget_app.browsing import alerts
from budget_app.browsing.finding import Wanted
from budget_app.browsing.models import SavedSearch
from budget_app.extensions import db
from tests.budget_app.at_once import at_once
from tests.budget_app.browsing.scenes import Proposing


def test_a_search_is_saved_once(scene: Proposing) -> None:
    scene.office.browser("ana")

    def save() -> None:
        ana = scene.office.person("ana")
        alerts.save(ana, scene.office.round_(), "Roofs", Wanted(text="roof"))

    assert at_once(scene.office.app, save, save) == ["You have a search of this name already."]
    with scene.office.work():
        assert len(db.session.scalars(db.select(SavedSearch)).all()) == 1
