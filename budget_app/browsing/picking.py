"""A pin without typing numbers: who presses the drawn map sends where, and the form comes back.

A browser says where a picture that is a button was pressed, in pixels of the picture as it is
shown (HTML, "Image Button state"). So it is shown in one of two fixed widths, and named by it.
"""

from collections.abc import Mapping

from budget_app.browsing.map import Map
from budget_app.browsing.map import project as on_plane

WIDTHS = (280, 560)
"""Pixels: for phones, and for all else."""

DIGITS = 4
"""Of degrees: about ten metres, which is finer than a finger."""


def heights(drawing: Map) -> dict[int, int]:
    """The height of the picture, in pixels, in each of its widths."""
    return {width: round(drawing.height * width / drawing.width) for width in WIDTHS}


def is_pressed(answers: Mapping[str, str]) -> bool:
    return any(f"pin{width}.x" in answers for width in WIDTHS)


def pressed(drawing: Map, answers: Mapping[str, str]) -> tuple[float, float] | None:
    """Latitude and longitude of what was pressed.

    None outside the picture, and for 0, 0: that is a press by keyboard, which means no place.
    """
    for width, height in heights(drawing).items():
        x, y = answers.get(f"pin{width}.x", ""), answers.get(f"pin{width}.y", "")
        if not (_is_number(x) and _is_number(y)) or (int(x), int(y)) == (0, 0):
            continue
        if int(x) <= width and int(y) <= height:
            larger = drawing.width / width
            latitude, longitude = drawing.frame.degrees(int(x) * larger, int(y) * larger)
            return round(latitude, DIGITS), round(longitude, DIGITS)
    return None


def own_pin(drawing: Map, given: str) -> tuple[float, float] | None:
    """Where a pin of “latitude,longitude” stands in the drawing; None for anything else."""
    try:
        latitude, longitude = (float(part) for part in given.split(","))
        x, y = drawing.frame.place(on_plane(longitude, latitude))
    except (ValueError, OverflowError):
        return None
    return (x, y) if 0 <= x <= drawing.width and 0 <= y <= drawing.height else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
