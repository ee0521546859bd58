"""Bars as SVG, drawn by Altair and vl-convert, which are imported only here and only when used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

WIDTH = 640
"""Of a drawing, in its own units."""
NAMES = 220
"""How much of the width names may take."""
HEIGHT, GAP, TEXT = 14, 8, 13

INK, ACCENT, QUIET = "#1b1f24", "#0b5d5b", "#8b9299"

_UNUSED = re.compile(r' (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"')

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """A bar of a length from 0 to 1, named at its left, with words at its end."""

    name: str
    length: float
    words: str
    strong: bool


def bars(rows: Sequence[Bar]) -> str:
    """The bars below each other, as an SVG element without ids, links or scripts."""
    import vl_convert

    room = WIDTH - NAMES - 150
    data = [
        {
            "y": place * (HEIGHT + GAP),
            "end_y": place * (HEIGHT + GAP) + HEIGHT,
            "middle": place * (HEIGHT + GAP) + HEIGHT / 2,
            "start": NAMES,
            "end": NAMES + max(2.0, bar.length * room),
            "words_x": NAMES + max(2.0, bar.length * room) + 6,
            "name": bar.name,
            "words": bar.words,
            "colour": ACCENT if bar.strong else QUIET,
        }
        for place, bar in enumerate(rows)
    ]
    height = max(1, len(rows)) * (HEIGHT + GAP)
    spec = {**_drawing(), "height": height, "datasets": {"rows": data}}
    svg: str = vl_convert.vegalite_to_svg(spec)
    return _UNUSED.sub("", svg)


@cache
def _drawing() -> Row:
    """The drawing without data and height; positions are in its own units."""
    import altair as alt

    def at(field: str) -> Row:
        return {"field": field, "type": "quantitative", "scale": None, "axis": None}

    base = alt.Chart(alt.NamedData("rows"))
    font: Row = {"baseline": "middle", "fontSize": TEXT, "fill": INK, "font": "sans-serif"}
    names = base.mark_text(align="right", limit=NAMES - 8, **font).encode(
        x=alt.value(NAMES - 8), y=alt.Y(**at("middle")), text="name:N"
    )
    rectangles = base.mark_rect().encode(
        x=alt.X(**at("start")),
        x2=alt.X2(field="end"),
        y=alt.Y(**at("y")),
        y2=alt.Y2(field="end_y"),
        fill=alt.Fill("colour:N", scale=None),
    )
    words = base.mark_text(align="left", **font).encode(
        x=alt.X(**at("words_x")), y=alt.Y(**at("middle")), text="words:N"
    )
    chart = alt.layer(names, rectangles, words, background="transparent", padding=0)
    spec: Row = chart.properties(width=WIDTH).configure_view(stroke=None).to_dict()
    return spec
