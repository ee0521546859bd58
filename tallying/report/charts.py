"""Bars as SVG, drawn by Altair and vl-convert, which are imported only here and only when used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

WIDTH = 340
"""Of a drawing, in its own units: at 1 : 1 it fits the narrowest phone."""
ROOM = 190
"""How much of the width bars may take; words stand in the rest."""
HEIGHT, TEXT = 12, 13
LINE, GAP = 18, 8

INK, ACCENT, QUIET = "#1b1f24", "#0b5d5b", "#8b9299"

_UNUSED = re.compile(r' (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"')

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """A bar of a length from 0 to 1, below its name if it has one, with words at its end."""

    name: str
    length: float
    words: str
    strong: bool


def bars(rows: Sequence[Bar]) -> str:
    """The bars below each other, as an SVG element without ids, links or scripts."""
    import vl_convert

    data: list[Row] = []
    y = 0.0
    for bar in rows:
        name_y = y + LINE / 2
        y += LINE if bar.name else 0
        data.append(_placed(bar, name_y, y))
        y += HEIGHT + GAP
    spec = {**_drawing(), "height": max(1.0, y), "datasets": {"rows": data}}
    svg: str = vl_convert.vegalite_to_svg(spec)
    return _UNUSED.sub("", svg)


def _placed(bar: Bar, name_y: float, y: float) -> Row:
    end = max(2.0, bar.length * ROOM)
    return {
        "name": bar.name,
        "name_y": name_y,
        "start": 0,
        "end": end,
        "y": y,
        "end_y": y + HEIGHT,
        "words": bar.words,
        "words_x": end + 6,
        "middle": y + HEIGHT / 2,
        "colour": ACCENT if bar.strong else QUIET,
    }


@cache
def _drawing() -> Row:
    """The drawing without data and height; positions are in its own units."""
    import altair as alt

    def at(field: str) -> Row:
        return {"field": field, "type": "quantitative", "scale": None, "axis": None}

    base = alt.Chart(alt.NamedData("rows"))
    font: Row = {"baseline": "middle", "fontSize": TEXT, "fill": INK, "font": "sans-serif"}
    names = base.mark_text(align="left", limit=WIDTH, **font).encode(
        x=alt.value(0), y=alt.Y(**at("name_y")), text="name:N"
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
