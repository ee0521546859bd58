"""A map drawn on the server: outlines of districts where they are known, and a pin for each place.

Web Mercator, as every map on a screen; no tile, so nothing is asked of anybody else.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

WIDTH, TALLEST = 1000, 1000
MARGIN = 70
"""A pin at the edge is whole, with the marks of a narrow screen too."""
SMALLEST_SPAN = 0.002
"""Of the map, in radians of the projection: one pin alone is not shown as a whole country."""
CLOSEST_SPAN = 0.00002
"""The same where somebody comes closer: some hundred metres."""

CLOSER_SHAPE = 0.5
"""The least height of a drawing that came closer, in its width: two pins in a row have ground around."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Pin:
    """A place in the drawing's units and in degrees, and what stands there."""

    x: float
    y: float
    item: Any
    number: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Map:
    """A drawing `width` × `height`: by the district's slug paths of outlines and their middles; pins."""

    width: int
    height: int
    outlines: dict[str, str]
    middles: dict[str, Point]
    pins: list[Pin]
    frame: "Frame"


class Cut(Enum):
    """How much of the places' surroundings a drawing has."""

    WHOLE = auto()  # every outline
    LANDMARK = auto()  # the nearest corner of an outline, to see where one is
    CLOSE = auto()  # the places alone


def draw(
    places: Sequence[tuple[float, float, Any]], outlines: dict[str, Any], *, cut: Cut = Cut.WHOLE
) -> Map | None:
    """`places` are (latitude, longitude, item) in degrees; outlines are GeoJSON geometries.

    None when there is nothing to draw.
    """
    rings = {slug: list(_rings(geometry)) for slug, geometry in outlines.items()}
    points = [project(longitude, latitude) for latitude, longitude, _item in places]
    corners = [point for found in rings.values() for ring in found for point in ring]
    if not points and not corners:
        return None
    if cut is Cut.WHOLE:
        frame = Frame.around(points + corners)
    else:
        landmark = _nearest(corners, points) if cut is Cut.LANDMARK else []
        frame = Frame.around(points + landmark, CLOSEST_SPAN, least_shape=CLOSER_SHAPE)
    return Map(
        width=WIDTH,
        height=frame.height,
        outlines={slug: _path(frame, found) for slug, found in rings.items()},
        middles={slug: frame.place(_middle(found)) for slug, found in rings.items()},
        pins=[
            Pin(*frame.place(point), item, number, latitude, longitude)
            for number, (point, (latitude, longitude, item)) in enumerate(
                zip(points, places, strict=True), start=1
            )
        ],
        frame=frame,
    )


@dataclass(frozen=True)
class Frame:
    """Where the projection's plane lies in the drawing."""

    left: float
    top: float
    scale: float
    height: int

    @classmethod
    def around(
        cls, points: list[Point], smallest: float = SMALLEST_SPAN, least_shape: float = 0
    ) -> "Frame":
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        wide = max(max(xs) - min(xs), smallest)
        tall = max(max(ys) - min(ys), smallest / 2, wide * least_shape)
        scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
        height = round(tall * scale) + 2 * MARGIN
        left, top = middle[0] - WIDTH / scale / 2, middle[1] - height / scale / 2
        return cls(left, top, scale, height)

    def place(self, point: Point) -> Point:
        return (
            round((point[0] - self.left) * self.scale, 1),
            round((point[1] - self.top) * self.scale, 1),
        )

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude of a point of the drawing."""
        longitude, mercator = self.left + x / self.scale, -(self.top + y / self.scale)
        latitude = 2 * math.atan(math.exp(mercator)) - math.pi / 2
        return math.degrees(latitude), math.degrees(longitude)


def project(longitude: float, latitude: float) -> Point:
    """Web Mercator in radians, y growing downwards; latitudes end at 85 degrees."""
    bounded = math.radians(max(min(latitude, 85.0), -85.0))
    return math.radians(longitude), -math.log(math.tan(math.pi / 4 + bounded / 2))


def _rings(geometry: Any) -> Iterator[list[Point]]:
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        for ring in polygon:
            yield [project(position[0], position[1]) for position in ring]


def _nearest(corners: list[Point], points: list[Point]) -> list[Point]:
    """The one of `corners` that is nearest to the first of `points`; none where there is none."""
    return sorted(corners, key=lambda corner: math.dist(corner, points[0]))[:1]


def _middle(rings: list[list[Point]]) -> Point:
    """Of the box around the longest ring."""
    longest = max(rings, key=len)
    xs, ys = [x for x, _y in longest], [y for _x, y in longest]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _path(frame: Frame, rings: list[list[Point]]) -> str:
    """An SVG path; points that fall together are drawn once."""
    parts = []
    for ring in rings:
        places = list(dict.fromkeys(frame.place(point) for point in ring))
        parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in places) + "Z")
    return "".join(parts)
