"""The picture beside a shared link: 1200 × 630, in the parliament's colour, drawn here.

The vendored fonts come in two files each, one for the letters of Western Europe and one for all
others of the Latin script, so a line is drawn in runs of letters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
"""Pixels, as Facebook, WhatsApp, X and LinkedIn show them whole."""
MARGIN = 80
PAPER, INK, SOFT = "#fbfaf7", "#1b1f24", "#565d66"
FONTS = Path(__file__).parents[1] / "static" / "fonts"
LARGEST, SMALLEST = 84, 44
MOST_LINES = 4
TITLE_TOP, TITLE_HEIGHT = 150, 315
LINE = 1.14
WESTERN_BESIDES = frozenset("ıŒœʻʼˆ˚˜€™")

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Picture:
    """What the picture says; `accent` is #rrggbb."""

    institution: str
    title: str
    line: str
    accent: str
    mark: str = ""


@dataclass(frozen=True)
class Face:
    """One font at one size: for Western letters and for the others."""

    western: Font
    others: Font

    def runs(self, text: str) -> Iterator[tuple[Font, str]]:
        """The text in pieces of one file each."""
        for western, letters in groupby(text, is_western):
            yield (self.western if western else self.others), "".join(letters)

    def width(self, text: str) -> float:
        return sum(font.getlength(run) for font, run in self.runs(text))


def is_western(letter: str) -> bool:
    """Whether Fontsource's `latin` file has the letter; `latin-ext` has the rest of the script."""
    return ord(letter) < 0x100 or "\u2000" <= letter <= "\u206f" or letter in WESTERN_BESIDES


@lru_cache(maxsize=32)
def face(family: str, size: int, weight: int) -> Face:
    return Face(
        *(_font(f"{family}-{part}-wght-normal", size, weight) for part in ("latin", "latin-ext"))
    )


def _font(name: str, size: int, weight: int) -> Font:
    font = ImageFont.truetype(str(FONTS / f"{name}.woff2"), size)
    font.set_variation_by_axes([weight])
    return font


def draw(picture: Picture) -> bytes:
    """The picture as PNG; the same values give the same bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 18), fill=picture.accent)
    small = face("public-sans", 34, 600)
    _write(pen, MARGIN, 70, _shortened(picture.institution, small), small, picture.accent)
    _title(pen, picture.title)
    bottom = HEIGHT - MARGIN - 44
    pen.rectangle((MARGIN, bottom - 34, MARGIN + 96, bottom - 30), fill=picture.accent)
    _write(pen, MARGIN, bottom, _shortened(picture.line, small), small, INK)
    if picture.mark:
        note = face("public-sans", 28, 500)
        _write(pen, MARGIN, bottom + 56, _shortened(picture.mark, note), note, SOFT)
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _title(pen: ImageDraw.ImageDraw, title: str) -> None:
    """As large as it fits into four lines; a longer one ends in dots."""
    for size in range(LARGEST, SMALLEST - 1, -8):
        big = face("source-serif-4", size, 650)
        lines = wrapped(title, big)
        high = len(lines) * size * LINE <= TITLE_HEIGHT
        if high and max(map(big.width, lines)) <= WIDTH - 2 * MARGIN:
            break
    else:
        lines = [_shortened(line, big) for line in lines[:MOST_LINES]]
        lines[-1] = _shortened(f"{lines[-1]} …", big)
    for number, line in enumerate(lines):
        _write(pen, MARGIN, TITLE_TOP + round(number * size * LINE), line, big, INK)


def wrapped(text: str, font: Face) -> list[str]:
    """Lines no wider than the picture's text, where words allow it; at least one."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.width(longer) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _shortened(text: str, font: Face) -> str:
    """The text on one line, cut with dots where it is too long."""
    shown = " ".join(text.split())
    if font.width(shown) <= WIDTH - 2 * MARGIN:
        return shown
    while shown and font.width(f"{shown}…") > WIDTH - 2 * MARGIN:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"


def _write(
    pen: ImageDraw.ImageDraw, x: float, y: float, text: str, font: Face, colour: str
) -> None:
    ascent = font.western.getmetrics()[0]
    for part, run in font.runs(text):
        pen.text((x, y + ascent), run, font=part, fill=colour, anchor="ls")
        x += part.getlength(run)
