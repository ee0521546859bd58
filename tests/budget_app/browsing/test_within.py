"""A pin outside the districts is refused, and one in another district asked about."""

from typing import Any

import pytest

from budget_app.browsing.within import contains
from tests.budget_app.browsing.scenes import LIST, Proposing
from tests.budget_app.proposals.drafts import DRAFT
from tests.budget_app.rounds.office import ROUND

pytestmark = pytest.mark.one_store


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


WITH_HOLE: dict[str, Any] = {
    "type": "MultiPolygon",
    "coordinates": [[square(0, 0, 10), square(4, 4, 2)], [square(20, 0)]],
}


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [(1, 1, True), (5, 5, False), (0.5, 20.5, True), (0.5, 15, False), (-0.01, 5, True)],
)
def test_holes_are_outside_parts_inside_and_the_shore_belongs_to_the_land(
    latitude: float, longitude: float, inside: bool
) -> None:
    assert contains(WITH_HOLE, latitude, longitude) is inside


def test_a_pin_is_looked_for_in_the_districts(scene: Proposing) -> None:
    with scene.office.work():
        for district, west in zip(scene.office.round_().districts, (-70, -69), strict=True):
            district.outline = {"type": "Polygon", "coordinates": [square(west, 18)]}
    ana = scene.office.browser("ana")

    def saved_at(latitude: str, longitude: str) -> str:
        pin = {"latitude": latitude, "longitude": longitude, "save": "1"}
        return ana.client.get(ana.post(LIST + "new", DRAFT | pin).location).text

    assert "This place lies outside all districts" in saved_at("40.41", "-3.70")
    there = saved_at("18.5", "-68.5")
    assert "The pin lies in South, and you chose" in there
    assert "field-error" not in there
    assert "The pin lies in" not in saved_at("18.5", "-69.5")
    with scene.office.work():
        scene.office.round_().districts[1].outline = None
    assert "This place lies outside" not in saved_at("40.41", "-3.70")  # nobody can know


def test_the_map_of_the_form_names_the_districts(scene: Proposing) -> None:
    with scene.office.work():
        south = scene.office.round_().district("south")
        assert south is not None
        south.outline = {"type": "Polygon", "coordinates": [square(-70, 18)]}
        south.names = {"en": "South & <East>"}
    picture = scene.office.stranger().get(ROUND + "map.svg").text
    assert ">South &amp; &lt;East&gt;</text>" in picture
