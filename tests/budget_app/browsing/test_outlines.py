"""Outlines of districts, brought as a file by the administrator."""

import json
from io import BytesIO
from typing import Any

import pytest

from budget_app.browsing.outlines import MOST_BYTES, read
from budget_app.extensions import db
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import District
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.rounds.office import SETUP, Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OUTLINES = SETUP + "/outlines"
SQUARE = [[-70.2, 18.3], [-69.7, 18.3], [-69.7, 18.7], [-70.2, 18.7], [-70.2, 18.3]]


def area(name: Any, ring: Any = SQUARE, kind: str = "Polygon", **more: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [ring]}
    return {"type": "Feature", "properties": {"district": name}, "geometry": geometry, **more}


def geojson(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def bring(browser: Browser, content: bytes) -> str:
    """The words of the page that answers to a file."""
    answer = browser.post(OUTLINES, {"file": (BytesIO(content), "outlines.geojson")})
    if answer.status_code == 302:
        return browser.text(OUTLINES)
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    return Page(answer.text).text


def outlines(scene: Proposing) -> dict[str, Any]:
    with scene.office.work():
        rows = db.session.scalars(db.select(District).where(District.outline.is_not(None)))
        return {row.slug: row.outline for row in rows}


def test_an_outline_goes_to_the_district_that_it_names_and_the_page_shows_which(
    scene: Proposing,
) -> None:
    ada = scene.office.browser("ada")
    island = [[x + 2, y] for x, y in SQUARE]
    content = geojson(
        area("national"),
        area(None, properties={"id": 7, "NAME": " SOUTH "}),
        area("national", island),
        area("South <b>west"),
        area(None),
    )
    text = bring(ada, b"\xef\xbb\xbf" + content)
    assert "2 districts have an outline now." in text
    assert "name no district of this round: South <b>west, feature 5." in text
    kept = outlines(scene)
    assert kept["south"]["coordinates"] == [[SQUARE]]
    assert kept["national"]["coordinates"] == [[SQUARE], [island]]
    page = ada.get(OUTLINES).text
    assert page.count('class="map-district"') == 2
    assert page.count('data-label="Points" class="number">10<') == 1
    ada.saved(OUTLINES + "/remove")
    assert outlines(scene) == {}
    assert "no outline" in ada.text(OUTLINES)


def test_a_file_that_cannot_be_drawn_is_refused_in_one_sentence_and_nothing_changes(
    scene: Proposing,
) -> None:
    ada = scene.office.browser("ada")
    bring(ada, geojson(area("national")))
    metres = [[500_000, 4_649_776], [500_100, 4_649_776], [500_100, 4_649_900]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25830"}}
    refused = {
        b"": "the file cannot be read",
        b"{": "the file cannot be read",
        b"\xff\xfe": "the file cannot be read",
        b"PK\3\4 zipped shapes": "the file cannot be read",
        b"[" * 200_000: "the file cannot be read",
        b"[]": "must be a “FeatureCollection”",
        b'{"type": "Topology"}': "must be a “FeatureCollection”",
        geojson(): "holds no features",
        b'{"type": "FeatureCollection", "features": 3}': "holds no features",
        geojson(area("national"), crs=crs): "“urn:ogc:def:crs:EPSG::25830”: export it in WGS 84",
        geojson(area("national", metres * 2)): "Feature 1 lies beyond the globe",
        geojson(area("national"), area("x", [[float("nan"), 1]] * 4)): "Feature 2 lies beyond",
        geojson(area("national", kind="Point")): "Feature 1 is no area but “Point”",
        geojson(None): "Feature 1 is no area but “None”",
        geojson(area("national", geometry=None)): "is no area but “None”",
        geojson(area("national", SQUARE[:3])): "fewer than four points",
        geojson(area("national", [])): "coordinates of feature 1 cannot be read",
        geojson(area("national", "word")): "coordinates of feature 1 cannot be read",
        geojson(area("national", [[True, 1], ["1", 2], [], {}])): "cannot be read",
        geojson(area("national", [[0, 0]] * 20_001)): "20,001 points; 20,000 are the most",
        geojson(area("north"), area("Norte")): "but these: north, Norte.",
    }
    for content, sentence in refused.items():
        assert sentence in bring(ada, content), content[:80]
    assert list(outlines(scene)) == ["national"]
    with scene.office.work(), pytest.raises(InvalidField, match="larger than 5 MB"):
        read(b" " * (MOST_BYTES + 1))


def test_only_administrators_bring_outlines(scene: Proposing) -> None:
    for stranger in (scene.office.browser("rosa"), scene.office.browser("ana")):
        answer = stranger.post(OUTLINES, {"file": (BytesIO(geojson(area("national"))), "a.json")})
        assert answer.status_code == 403
    assert outlines(scene) == {}
