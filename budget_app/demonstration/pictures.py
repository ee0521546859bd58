"""Small pictures drawn for the example: flat shapes, the same at every filling."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (960, 640)
SUPERSAMPLING = 2
SKY, SEA, HILL, FIELD, EARTH = "#cfe3ea", "#3f7f95", "#7da07a", "#a9bf7e", "#8a6a4f"
WOOD, ROOF, PAPER, INK, SUN = "#b98552", "#b4533c", "#f6f1e4", "#2a3338", "#f0c661"

Draw = ImageDraw.ImageDraw


def draw(scene: str) -> bytes:
    """The picture named `scene`, as a PNG file; raises `KeyError` for an unknown one."""
    width, height = (side * SUPERSAMPLING for side in SIZE)
    image = Image.new("RGB", (width, height), SKY)
    pen = ImageDraw.Draw(image)
    _sun_and_hills(pen)
    SCENES[scene](pen)
    written = BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


def _at(*numbers: float) -> list[float]:
    return [number * SUPERSAMPLING for number in numbers]


def _sun_and_hills(pen: Draw) -> None:
    pen.ellipse(_at(720, 70, 840, 190), SUN)
    pen.ellipse(_at(-260, 300, 560, 900), HILL)
    pen.ellipse(_at(360, 340, 1300, 1000), FIELD)


def _boat(pen: Draw) -> None:
    """A boat full of books before the cays."""
    pen.rectangle(_at(0, 430, 960, 640), SEA)
    pen.polygon(_at(180, 420, 780, 420, 700, 530, 260, 530), WOOD)
    pen.rectangle(_at(300, 300, 640, 420), PAPER)
    pen.polygon(_at(270, 300, 470, 230, 670, 300), ROOF)
    for number, colour in enumerate((ROOF, HILL, SUN, SEA, INK, ROOF, HILL, SEA)):
        pen.rectangle(_at(325 + 37 * number, 330, 350 + 37 * number, 405), colour)


def _garden(pen: Draw) -> None:
    """Beds in rows, a well and a shed."""
    for row in range(4):
        top = 430 + 52 * row
        pen.rounded_rectangle(_at(60, top, 640, top + 34), 20, EARTH)
        for plant in range(9):
            left = 84 + 62 * plant
            pen.ellipse(_at(left, top - 16, left + 38, top + 18), "#4f7d3f")
    pen.rectangle(_at(700, 330, 890, 500), WOOD)
    pen.polygon(_at(675, 330, 795, 240, 915, 330), ROOF)
    pen.rectangle(_at(765, 400, 825, 500), INK)


def _bandstand(pen: Draw) -> None:
    """An eight-sided stand without its roof."""
    pen.rectangle(_at(0, 500, 960, 640), FIELD)
    pen.polygon(_at(250, 500, 710, 500, 660, 560, 300, 560), EARTH)
    for left in (280, 400, 540, 660):
        pen.rectangle(_at(left, 250, left + 18, 500), PAPER)
    pen.rectangle(_at(265, 238, 695, 258), WOOD)
    pen.line(_at(265, 238, 480, 120, 695, 238), WOOD, 2 * 8)
    pen.line(_at(480, 120, 480, 238), WOOD, 2 * 6)


def _bench(pen: Draw) -> None:
    """A bench in the shade before a clinic."""
    pen.rectangle(_at(0, 520, 960, 640), "#c9bfae")
    pen.rectangle(_at(90, 220, 430, 520), PAPER)
    pen.rectangle(_at(235, 260, 285, 380), ROOF)
    pen.rectangle(_at(200, 295, 320, 345), ROOF)
    pen.polygon(_at(460, 300, 900, 260, 900, 285, 460, 325), WOOD)
    for left in (500, 850):
        pen.rectangle(_at(left, 290, left + 14, 520), INK)
    pen.rectangle(_at(550, 440, 820, 462), WOOD)
    for left in (570, 790):
        pen.rectangle(_at(left, 462, left + 14, 520), INK)


def _lamps(pen: Draw) -> None:
    """A path up to a school, with lamps."""
    pen.polygon(_at(380, 640, 600, 640, 520, 380, 490, 380), "#d9c9a8")
    pen.rectangle(_at(430, 290, 590, 385), PAPER)
    pen.polygon(_at(410, 290, 510, 220, 610, 290), ROOF)
    for left, top, size in ((250, 260, 1.0), (360, 320, 0.6), (700, 260, 1.0), (620, 320, 0.6)):
        pen.rectangle(_at(left, top, left + 12 * size, top + 330 * size), INK)
        pen.polygon(_at(left - 30, top, left + 42, top - 24, left + 42, top), SEA)
        pen.ellipse(_at(left - 10, top + 4, left + 22, top + 36), SUN)


SCENES: dict[str, Callable[[Draw], None]] = {
    "boat": _boat,
    "garden": _garden,
    "bandstand": _bandstand,
    "bench": _bench,
    "lamps": _lamps,
}
