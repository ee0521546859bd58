"""Outlines of districts, out of GeoJSON (RFC 7946): WGS 84, longitude before latitude."""

from typing import Any

KINDS = ("Polygon", "MultiPolygon")
MOST_POINTS = 20_000
"""Of all districts together: more than any screen shows, and the page carries them."""


class NoOutline(Exception):
    """What is wrong with a file of outlines, in one sentence."""


def outlines_of(content: Any) -> dict[str, dict[str, Any]]:
    """The geometry of each district by its slug; raises `NoOutline`."""
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise NoOutline("This is no FeatureCollection of GeoJSON.")
    found = dict(_feature(n, one) for n, one in enumerate(content.get("features", []), start=1))
    if sum(_points(geometry["coordinates"]) for geometry in found.values()) > MOST_POINTS:
        raise NoOutline(f"More than {MOST_POINTS:,} points: simplify the outlines first.")
    return found


def _feature(number: int, feature: Any) -> tuple[str, dict[str, Any]]:
    try:
        slug, geometry = feature["properties"]["district"], feature["geometry"]
        kind, coordinates = geometry["type"], geometry["coordinates"]
        polygons = [coordinates] if kind == "Polygon" else coordinates
        fine = kind in KINDS and all(
            -180 <= longitude <= 180 and -90 <= latitude <= 90
            for polygon in polygons
            for ring in polygon
            for longitude, latitude, *_height in ring
        )
    except (KeyError, TypeError, ValueError):
        fine = False
    if not fine or not isinstance(slug, str):
        raise NoOutline(
            f"Feature {number} must be a Polygon or MultiPolygon in degrees,"
            " with the district's slug in its property `district`."
        )
    return slug, {"type": kind, "coordinates": coordinates}


def _points(coordinates: Any) -> int:
    if coordinates and isinstance(coordinates[0], int | float):
        return 1
    return sum(_points(part) for part in coordinates)
