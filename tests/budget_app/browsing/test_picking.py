"""A pin by pressing the map that the server draws, without a script."""

import re
from xml.etree import ElementTree as ET

import pytest

from budget_app.browsing import map as maps
from budget_app.browsing import picking
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from tests.budget_app.browsing.scenes import LIST, Proposing
from tests.budget_app.proposals.drafts import DRAFT
from tests.budget_app.rounds.office import ROUND

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]]}

pytestmark = pytest.mark.one_store


@pytest.fixture
def drawing() -> maps.Map:
    found = maps.draw([], {"one": SQUARE})
    assert found is not None
    return found


@pytest.mark.parametrize("place", [(0.0, 0.0), (5.0, 5.0), (9.9, 0.1)])
@pytest.mark.parametrize("width", picking.WIDTHS)
def test_a_press_means_the_place_that_is_drawn_there(
    drawing: maps.Map, width: int, place: tuple[float, float]
) -> None:
    stands = picking.own_pin(drawing, f"{place[0]},{place[1]}")
    assert stands is not None
    x, y = (round(part * width / drawing.width) for part in stands)
    found = picking.pressed(drawing, {f"pin{width}.x": str(x), f"pin{width}.y": str(y)})
    assert found == pytest.approx(place, abs=0.03)


@pytest.mark.parametrize(
    "answer",
    [("0", "0"), ("281", "1"), ("1", "9999"), ("-1", "3"), ("١", "2"), ("1e3", "2"), ("", "")],
)
def test_a_press_of_a_key_or_beside_the_map_means_no_place(
    drawing: maps.Map, answer: tuple[str, str]
) -> None:
    sent = {"pin280.x": answer[0], "pin280.y": answer[1]}
    assert picking.pressed(drawing, sent) is None


@pytest.mark.parametrize("given", ["", "1", "a,b", "nan,1", "1,inf", "1,2,3", "80,170", "1e999,1"])
def test_a_pin_of_an_address_is_a_place_of_the_map_or_nothing(
    drawing: maps.Map, given: str
) -> None:
    assert picking.own_pin(drawing, given) is None


def test_pressing_the_map_fills_in_both_numbers_and_loses_nothing(scene: Proposing) -> None:
    eva = scene.office.browser("eva")
    assert "pin280" not in eva.get(f"{LIST}new").text
    assert eva.get(f"{ROUND}map.svg").status_code == 404
    scene.propose("A bridge", latitude=18.5, longitude=-69.9)
    [source] = re.findall(r'name="pin280" src="([^"]+)"', eva.get(f"{LIST}new").text)
    picture = eva.get(source)
    assert picture.mimetype == "image/svg+xml"
    ET.fromstring(picture.data)
    page = eva.post(f"{LIST}new", {**DRAFT, "title": "", "pin280.x": "140", "pin280.y": "78"})
    assert page.status_code == 200
    assert DRAFT["description"] in page.text
    numbers = [
        float(re.search(rf'name="{name}"[^>]* value="([^"]+)"', page.text)[1])  # type: ignore[index]
        for name in ("latitude", "longitude")
    ]
    assert numbers == pytest.approx((18.5, -69.9), abs=0.05)
    assert eva.get(re.findall(r'name="pin280" src="([^"]+)"', page.text)[0]).text.count("#a3201d")
    with scene.office.work():
        assert len(db.session.scalars(db.select(Proposal)).all()) == 1
