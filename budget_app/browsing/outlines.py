"""Outlines of districts, out of GeoJSON (RFC 7946): WGS 84, longitude before latitude.

A feature belongs to the district that one of its properties names, by the slug or by a name in
any language. What names no district is left out, and told.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.presentation.figures import number as written
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from budget_app.rounds.queries import folded
from budget_app.rounds.unsealed import record_change

MOST_BYTES = 5_000_000
MOST_POINTS = 20_000
"""Of all districts together: more than any screen shows, and the page carries them."""
LEAST_POINTS = 4
"""Of a ring, whose last point is its first."""
DIGITS = 6
"""Of degrees: ten centimetres."""
KINDS = ("Polygon", "MultiPolygon")
NAMING = ("district", "slug", "code", "name")
"""The properties that may name the district, in any case, the first one first."""
WGS_84 = ("CRS84", "4326")
"""How the names of the only coordinate system end."""
LONGEST_LABEL = 80

Polygon = list[list[tuple[float, float]]]


@dataclass(frozen=True)
class Feature:
    """One area of a file: what may name its district, and its polygons in degrees."""

    labels: tuple[str, ...]
    polygons: list[Polygon]

    @property
    def label(self) -> str:
        return self.labels[0]


@dataclass(frozen=True)
class Assigned:
    """How many districts have an outline now, and the features that name none of them."""

    number: int
    unknown: list[str]


def put_outlines(round_: Round, content: bytes, *, by: User | None) -> Assigned:
    """Give the round's districts the outlines of a file; raises `InvalidField` for `file`.

    Features that name one district are its parts. Districts that none names keep what they have.
    """
    features = read(content)
    by_slug: dict[str, list[Polygon]] = {}
    unknown = []
    for feature in features:
        slug = _district_of(round_, feature)
        if slug is None:
            unknown.append(feature.label)
        else:
            by_slug.setdefault(slug, []).extend(feature.polygons)
    if not by_slug:
        raise _refusal(
            _(
                "No feature names a district of this round, but these: %(names)s.",
                names=told(unknown),
            )
        )
    for district in round_.districts:
        if district.slug in by_slug:
            coordinates = by_slug[district.slug]
            district.outline = {"type": "MultiPolygon", "coordinates": coordinates}
    record_change(round_, by, "districts")
    return Assigned(sum(d.outline is not None for d in round_.districts), unknown)


def remove_outlines(round_: Round, *, by: User | None) -> None:
    for district in round_.districts:
        district.outline = None
    record_change(round_, by, "districts")


def told(names: Sequence[str], most: int = 8) -> str:
    """The first names, and that there are more."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def points_of(outline: dict[str, Any]) -> int:
    """How many points an outline has, as `put_outlines` keeps it or as one `Polygon`."""
    several = outline["type"] == "MultiPolygon"
    polygons = outline["coordinates"] if several else [outline["coordinates"]]
    return sum(len(ring) for polygon in polygons for ring in polygon)


def read(content: bytes) -> list[Feature]:
    """The areas of a file of GeoJSON; raises `InvalidField` for `file`."""
    if len(content) > MOST_BYTES:
        raise _refusal(_("This file is larger than 5 MB: simplify the outlines first."))
    found = [
        _feature(number, feature) for number, feature in enumerate(_features(content), start=1)
    ]
    points = sum(len(ring) for each in found for polygon in each.polygons for ring in polygon)
    if points > MOST_POINTS:
        raise _refusal(
            _(
                "The outlines have %(number)s points; %(most)s are the most. Simplify them first.",
                number=written(points),
                most=written(MOST_POINTS),
            )
        )
    return found


def _features(content: bytes) -> list[Any]:
    try:
        file = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _refusal(_("This is no GeoJSON: the file cannot be read.")) from None
    if not isinstance(file, dict) or file.get("type") != "FeatureCollection":
        raise _refusal(_("This is no GeoJSON: the file must be a “FeatureCollection”."))
    _check_system(file)
    features = file.get("features")
    if not isinstance(features, list) or not features:
        raise _refusal(_("This file holds no features, so there is nothing to draw."))
    return features


def _check_system(file: dict[str, Any]) -> None:
    """Older files name their coordinate system; newer ones may have this one only."""
    properties = file["crs"].get("properties") if isinstance(file.get("crs"), dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and not name.upper().endswith(WGS_84):
        raise _refusal(
            _(
                "The file is in the coordinate system “%(name)s”: export it in WGS 84 (EPSG:4326).",
                name=name[:LONGEST_LABEL],
            )
        )


def _feature(number: int, feature: Any) -> Feature:
    parts = feature if isinstance(feature, dict) else {}
    properties = parts.get("properties")
    geometry = parts["geometry"] if isinstance(parts.get("geometry"), dict) else {}
    kind = geometry.get("type")
    if kind not in KINDS:
        raise _refusal(
            _(
                "Feature %(number)s is no area but “%(kind)s”: only “Polygon” and “MultiPolygon” can"
                " be drawn.",
                number=number,
                kind=str(kind)[:LONGEST_LABEL],
            )
        )
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    labels = tuple(_labels(properties)) or (_("feature %(number)s", number=number),)
    return Feature(labels, [_polygon(number, each) for each in _list(number, polygons)])


def _labels(properties: Any) -> Iterator[str]:
    """What may name a district."""
    given = properties if isinstance(properties, dict) else {}
    by_name = {name.lower(): value for name, value in given.items()}
    for name in NAMING:
        value = by_name.get(name)
        if isinstance(value, str | int) and str(value).strip():
            yield str(value).strip()[:LONGEST_LABEL]


def _polygon(number: int, rings: Any) -> Polygon:
    found = [[_position(number, each) for each in _list(number, r)] for r in _list(number, rings)]
    if any(len(ring) < LEAST_POINTS for ring in found):
        raise _refusal(
            _("An outline of feature %(number)s has fewer than four points.", number=number)
        )
    return found


def _list(number: int, value: Any) -> list[Any]:
    if isinstance(value, list) and value:
        return value
    raise _refusal(_("The coordinates of feature %(number)s cannot be read.", number=number))


def _position(number: int, position: Any) -> tuple[float, float]:
    degrees = _list(number, position)[:2]
    if len(degrees) < 2 or not all(type(each) in (int, float) for each in degrees):
        raise _refusal(_("The coordinates of feature %(number)s cannot be read.", number=number))
    longitude, latitude = degrees
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _refusal(
            _(
                "Feature %(number)s lies beyond the globe: coordinates must be degrees, longitude"
                " first (WGS 84).",
                number=number,
            )
        )
    return round(float(longitude), DIGITS), round(float(latitude), DIGITS)


def _district_of(round_: Round, feature: Feature) -> str | None:
    for label in map(folded, feature.labels):
        for district in round_.districts:
            if label in map(folded, (district.slug, *district.names.values())):
                return district.slug
    return None


def _refusal(sentence: str) -> InvalidField:
    return InvalidField("file", sentence)
