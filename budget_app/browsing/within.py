"""In which district a pin lies, where outlines are known.

Outlines are drawn coarsely, and a pier or a bank belongs to its shore: what lies within `NEAR` of
an outline counts as inside.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from budget_app.rounds.models import District, Round

NEAR = 0.02
"""Degrees: about two kilometres."""

Position = tuple[float, float]


@dataclass(frozen=True)
class Whereabouts:
    """What the outlines say of a pin: outside of all, or in districts other than the chosen one."""

    is_outside: bool = False
    others: tuple[District, ...] = ()


def whereabouts(round_: Round, chosen: District, latitude: float, longitude: float) -> Whereabouts:
    """Where a pin in degrees lies that should lie in `chosen`; nothing is said where that is unknown."""
    if not chosen.outline or contains(chosen.outline, latitude, longitude):
        return Whereabouts()
    others = tuple(
        district
        for district in round_.districts
        if district.outline and contains(district.outline, latitude, longitude)
    )
    is_known = all(district.outline for district in round_.districts)
    return Whereabouts(is_outside=is_known and not others, others=others)


def contains(geometry: Any, latitude: float, longitude: float) -> bool:
    """Whether a GeoJSON polygon holds the position, holes left out, or comes near it."""
    sides = list(_sides(geometry))
    crossed = sum(_is_crossed(a, b, longitude, latitude) for a, b in sides)
    return crossed % 2 == 1 or any(_distance(a, b, longitude, latitude) <= NEAR for a, b in sides)


def _sides(geometry: Any) -> Iterator[tuple[Position, Position]]:
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        for ring in polygon:
            for a, b in pairwise(ring):
                yield (a[0], a[1]), (b[0], b[1])


def _is_crossed(a: Position, b: Position, x: float, y: float) -> bool:
    """Whether a ray from the position to the east crosses the side."""
    if (a[1] > y) == (b[1] > y):
        return False
    return x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])


def _distance(a: Position, b: Position, x: float, y: float) -> float:
    """From the position to the nearest point of the side, in degrees."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((x - a[0]) * dx + (y - a[1]) * dy) / length if length else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.hypot(x - a[0] - along * dx, y - a[1] - along * dy)
