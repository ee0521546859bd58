"""The map: pins in groups that a finger can press, coming closer, filters."""

import random
import re
from math import dist, pi
from urllib.parse import urlencode

import pytest

from budget_app.browsing import map as maps
from budget_app.browsing.groups import REACH, grouped
from budget_app.browsing.places import A_PAGE
from budget_app.browsing.tiles import tiles_of
from budget_app.proposals.models import ProposalState
from budget_app.settings import Settings
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.rounds.office import ROUND

MAP = ROUND + "map"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_no_two_pins_are_closer_than_a_finger_and_each_is_in_one_group() -> None:
    chance = random.Random(3)
    places = [(chance.gauss(18, 0.2), chance.gauss(-70, 0.3), number) for number in range(700)]
    drawing = maps.draw(places, {})
    assert drawing is not None
    groups = grouped(drawing.pins)
    firsts = [(group.first.x, group.first.y) for group in groups]
    apart = [dist(one, other) for n, one in enumerate(firsts) for other in firsts[:n]]
    assert min(apart) >= REACH
    assert sorted(pin.item for group in groups for pin in group.pins) == list(range(700))
    for group in groups:
        assert all(
            dist((pin.x, pin.y), (group.first.x, group.first.y)) < REACH for pin in group.pins
        )
    assert 10 < len(groups) < 150


@on_sqlite
def test_a_group_leads_closer_to_its_pins_and_to_their_list(scene: Proposing) -> None:
    first = scene.propose("Roof", latitude=18.5, longitude=-69.9)
    scene.propose("Bench", latitude=18.5001, longitude=-69.9)
    twin = scene.propose("Tree", latitude=18.52, longitude=-69.9)
    scene.propose("Lamp", latitude=18.52, longitude=-69.9)
    scene.propose("Far away", latitude=19.9, longitude=-71.0)
    stranger = scene.office.stranger()
    page = stranger.get(MAP).text
    assert page.count('class="map-pin"') == 1
    assert page.count('class="map-pin map-group"') == 1
    closer = stranger.get(f"{MAP}?group={first}").text
    assert listed(closer) == ["Roof", "Bench", "Tree", "Lamp"]
    assert closer.count('class="map-pin map-group"') == 2
    assert f'map?group={first}&amp;group={twin}#map"' in closer
    assert 'id="map"' in closer
    assert "Show the whole map" in closer
    assert "Step back" not in closer
    same = stranger.get(f"{MAP}?group={first}&group={twin}").text
    assert listed(same) == ["Tree", "Lamp"]
    assert 'href="#list"' in same
    assert "These are at the same place" in Page(same).text
    for unknown in ("0", "7", "x", "'", "9" * 400, "-1", "💧"):
        everything = stranger.get(f"{MAP}?{urlencode({'group': [unknown, first]}, doseq=True)}")
        assert listed(everything.text) == ["Roof", "Bench", "Tree", "Lamp", "Far away"]


@on_sqlite
def test_the_map_shows_what_the_filters_leave(scene: Proposing) -> None:
    place = {"latitude": 18.5, "longitude": -69.9}
    scene.propose("Roof of the school", categories=["education"], **place)
    scene.propose("Bus", district="south", **place)
    scene.propose("Secret roof", state=ProposalState.DRAFT, **place)
    stranger = scene.office.stranger()
    assert listed(stranger.get(MAP).text) == ["Roof of the school", "Bus"]
    assert listed(stranger.get(MAP + "?district=south").text) == ["Bus"]
    found = stranger.get(MAP + "?text=escuela+ROOF+sch&category=education&order=new").text
    assert "Nothing that fits has a place" in Page(found).text
    found = stranger.get(MAP + "?text=ROOF+sch&category=education").text
    assert listed(found) == ["Roof of the school"]
    assert 'proposals/?text=ROOF+sch&amp;category=education"' in found
    assert 'href="/en/example/rounds/schools/map?text=ROOF+sch"' in found  # without the category


@on_sqlite
def test_the_map_offers_what_somebody_meant_where_it_has_a_place(scene: Proposing) -> None:
    scene.propose("A library bus", categories=["education"], latitude=18.5, longitude=-69.9)
    scene.propose("Lanterns")
    stranger = scene.office.stranger()
    page = stranger.get(MAP + "?text=libary&category=education").text
    assert "Did you mean “library”?" in page
    assert "map?text=library&amp;category=education" in page
    assert "Did you mean" not in stranger.get(MAP + "?text=lantern+buss").text
    assert "Did you mean" not in stranger.get(MAP + "?text=lanterms").text


@on_sqlite
def test_a_long_list_beside_the_map_has_pages_with_the_numbers_of_the_pins(
    scene: Proposing,
) -> None:
    for number in range(A_PAGE + 1):
        scene.propose(f"Idea {number}", latitude=18.5, longitude=-69.9)
    second = scene.office.stranger().get(MAP + "?page=2").text
    assert listed(second) == [f"Idea {A_PAGE}"]
    assert f'start="{A_PAGE + 1}"' in second
    assert listed(scene.office.stranger().get(MAP + "?page=99").text) == [f"Idea {A_PAGE}"]


SQUARE = [[-70.0, 18.0], [-69.0, 18.0], [-69.0, 19.0], [-70.0, 19.0], [-70.0, 18.0]]


@on_sqlite
@pytest.mark.parametrize("apart", [0.05, 0.0004, 0.0])
def test_coming_closer_keeps_pins_whole_and_an_outline_in_view_where_pins_part(
    scene: Proposing, apart: float
) -> None:
    """Of the drawing's 1000 units a mark takes 62 on each side where the map is narrow."""
    with scene.office.work():
        north = scene.office.round_().districts[0]
        north.outline = {"type": "Polygon", "coordinates": [SQUARE]}
    first = scene.propose("Roof", latitude=18.9, longitude=-69.2)
    scene.propose("Bench", latitude=18.9, longitude=-69.2 + apart)
    page = scene.office.stranger().get(f"{MAP}?group={first}").text
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)" role', page)[0])
    pins = re.findall(r'class="map-mark" cx="([\d.]+)" cy="([\d.]+)"', page)
    corners = re.findall(r"[ML](-?[\d.e+]+) (-?[\d.e+]+)", page)
    assert len(pins) == (2 if apart else 1)
    assert all(62 <= float(x) <= width - 62 and 62 <= float(y) <= height - 62 for x, y in pins)
    in_view = [0 <= float(x) <= width and 0 <= float(y) <= height for x, y in corners]
    assert any(in_view) is (apart != 0.0004)
    assert 'class="quiet map-where"' in page


TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_tiles_lie_where_the_drawing_has_their_degrees() -> None:
    drawing = maps.draw([(18.0, -71.0, 1), (19.5, -69.0, 2)], {})
    assert drawing is not None
    found = tiles_of(drawing, TILES)
    assert 4 <= len(found) <= 25
    for tile in found:
        zoom, column, row = map(int, re.findall("[0-9]+", tile.address))
        latitude, longitude = drawing.frame.degrees(tile.x, tile.y)
        assert longitude == pytest.approx(column / 2**zoom * 360 - 180, abs=0.001)
        assert maps.project(longitude, latitude)[1] == pytest.approx(
            row / 2**zoom * 2 * pi - pi, abs=0.0001
        )
    assert min(tile.x for tile in found) <= 0
    assert max(tile.x + tile.side for tile in found) >= drawing.width
    assert min(tile.y for tile in found) <= 0
    assert max(tile.y + tile.side for tile in found) >= drawing.height
    alone = maps.draw([(84.99, 179.99, 1)], {}, cut=maps.Cut.CLOSE)
    world = maps.draw([(85.0, -180.0, 1), (-85.0, 180.0, 2)], {})
    assert alone is not None
    assert world is not None
    for extreme in (alone, world):
        assert 1 <= len(tiles_of(extreme, TILES)) <= 25


@on_sqlite
def test_a_background_is_loaded_only_by_a_page_whose_visitor_agreed(
    scene: Proposing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scene.propose("Roof", latitude=18.5, longitude=-69.9)
    scene.propose("Bench", latitude=18.5, longitude=-69.9001)
    stranger = scene.office.stranger()
    unset = stranger.get(MAP + "?background=on")
    assert "<image" not in unset.text
    assert "https:" not in unset.headers["Content-Security-Policy"]
    settings = scene.office.app.extensions["settings"]
    changed = settings.model_copy(
        update={"map_tiles": TILES, "map_attribution": "© <b>Example</b> Maps"}
    )
    monkeypatch.setitem(scene.office.app.extensions, "settings", changed)
    before = stranger.get(MAP + "?text=roof")
    assert "https://tiles" not in before.text
    assert "https:" not in before.headers["Content-Security-Policy"]
    assert "Show the background from tiles.example.org" in Page(before.text).text
    after = stranger.get(MAP + "?background=on")
    assert '<image href="https://tiles.example.org/' in after.text
    assert (
        "img-src 'self' https://tiles.example.org data:;"
        in (after.headers["Content-Security-Policy"])
    )
    assert "© &lt;b&gt;Example&lt;/b&gt; Maps" in after.text
    assert f"background=on&amp;group={first}#map" in after.text  # coming closer, it stays
    other = stranger.get(ROUND + "proposals/?background=on")
    assert "https:" not in other.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("tiles", "attribution"),
    [
        (TILES, ""),
        ("http://tiles.example.org/{z}/{x}/{y}.png", "Us"),
        ("https://tiles.example.org/{z}/{x}.png", "Us"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "Us"),
        ("https://tiles.example.org/{z}/{x}/{y}{r}.png", "Us"),
        ("https://tiles.example.org; script-src */{z}/{x}/{y}", "Us"),
        ("https://tiles.example.org/{z.real}/{z}/{x}/{y}", "Us"),
        ("https://tiles.example.org", "Us"),
    ],
)
def test_an_address_of_tiles_that_cannot_be_filled_in_stops_the_start(
    tiles: str, attribution: str
) -> None:
    with pytest.raises(ValueError, match="PB_MAP_TILES must be like"):
        Settings(map_tiles=tiles, map_attribution=attribution)


def listed(page: str) -> list[str]:
    """The titles in the list beside the map."""
    return re.findall(r'class="ledger-name" href="[^"]*">(?:<span[^>]*>)?([^<]+)<', page)
