"""A background for the drawn map from a tile server (z/x/y, Web Mercator), off unless it is set.

Nothing of it is loaded before the visitor of this very page agrees; the other pages never do.
"""

import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request

from budget_app.browsing.map import WIDTH, Map

NARROWEST = 300
"""Of a tile, in the drawing's units: some 190 pixels on a wide page, and 90 on a phone."""
DEEPEST = 18


@dataclass(frozen=True)
class Tile:
    """A picture at its place in the drawing, `side` × `side` units."""

    address: str
    x: float
    y: float
    side: float


@dataclass(frozen=True)
class Background:
    """What a page may show below its drawing; `tiles` is empty until the visitor agrees."""

    host: str
    attribution: str
    agreed: bool
    tiles: list[Tile]


def background_of(drawing: Map) -> Background | None:
    """None where the installation has set no tile server."""
    settings = current_app.extensions["settings"]
    template = settings.map_tiles
    if not template:
        return None
    agreed = request.args.get("background") == "on"
    return Background(
        host=urlsplit(template).netloc,
        attribution=settings.map_attribution,
        agreed=agreed,
        tiles=tiles_of(drawing, template) if agreed else [],
    )


def tiles_of(drawing: Map, template: str) -> list[Tile]:
    """The tiles that cover a drawing: at most some twenty, whatever it shows."""
    frame = drawing.frame
    world = 2 * math.pi * frame.scale
    zoom = min(max(math.floor(math.log2(world / NARROWEST)), 0), DEEPEST)
    number = 2**zoom
    side = world / number
    left, top = -(math.pi + frame.left) * frame.scale, -(math.pi + frame.top) * frame.scale
    return [
        Tile(
            template.format(z=zoom, x=column % number, y=row),
            round(left + column * side, 1),
            round(top + row * side, 1),
            round(side + 0.1, 1),  # so that no hairline shows between two
        )
        for row in range(math.floor(-top / side), math.ceil((drawing.height - top) / side))
        for column in range(math.floor(-left / side), math.ceil((WIDTH - left) / side))
        if 0 <= row < number
    ]
