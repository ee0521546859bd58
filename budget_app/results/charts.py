"""Pictures of a count, drawn once when it is published: one set for each language.

They are narrow, so that a phone shows them at full size; they take the page's ink and accent, and
carry no style of their own, which the content security policy would refuse.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import force_locale

from budget_app.languages import LANGUAGES
from budget_app.presentation.figures import number, percent
from budget_app.results import shares
from budget_app.results.models import Count, Picture
from budget_app.results.queries import Result, result_of
from budget_app.rounds.fields import category_name
from budget_app.translation import gettext as _

WIDTH = 340
"""Of a drawing, in its own units: at 1 : 1 it fits the narrowest phone."""
TEXT = 14
MOST_PROJECTS = 20
INK = "currentColor"
ACCENT = "var(--accent)"
UNSTYLED = re.compile(r' (?:role|aria-[a-z]+|pointer-events|font-family)="[^"]*"')

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One bar: how long (0 to 1), in which colour, and what is written at its end."""

    length: float
    words: str
    strong: bool


@dataclass(frozen=True)
class Group:
    """Bars below one name."""

    name: str
    bars: tuple[Bar, ...]


def draw(count: Count) -> list[Picture]:
    """Every picture of a count, in every language of the pages."""
    result = result_of(count)
    pictures = []
    for language in LANGUAGES:
        with force_locale(language):
            for name, groups in _charts(result, language).items():
                svg = _svg(groups)
                pictures.append(Picture(count_id=count.id, name=name, language=language, svg=svg))
    return pictures


def _charts(result: Result, language: str) -> dict[str, list[Group]]:
    charts = {"projects": _projects(result, language)}
    categories = shares.by_category(result)
    if len(categories) > 1:
        charts["categories"] = [
            Group(
                category_name(item.category),
                (
                    _share(_("%(share)s of the votes"), item.of_score, strong=False),
                    _share(_("%(share)s of the money"), item.of_spending, strong=True),
                ),
            )
            for item in categories
        ]
    districts = [item for item in shares.by_district(result) if item.is_told]
    if len(districts) > 1:
        charts["districts"] = [
            Group(
                _name(item.district.names, language),
                (
                    _share(_("%(share)s of the voters"), item.of_voters, strong=False),
                    _share(_("%(share)s of the money"), item.of_spending, strong=True),
                ),
            )
            for item in districts
        ]
    return charts


def _projects(result: Result, language: str) -> list[Group]:
    """The best supported projects; those that are funded in the accent, with a tick."""
    told = [item for item in result.projects if item.is_told]
    ordered = sorted(told, key=lambda item: (-item.score, item.project.key))
    most = max(1, ordered[0].score) if ordered else 1
    return [
        Group(
            ("✓ " if item.funded else "") + _name(item.project.names, language),
            (Bar(item.score / most, number(item.score), item.funded),),
        )
        for item in ordered[:MOST_PROJECTS]
    ]


def _share(words: str, part: float, *, strong: bool) -> Bar:
    return Bar(part, words % {"share": percent(part)}, strong)


def _name(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")


def _svg(groups: Iterable[Group]) -> str:
    """Draw groups below each other: a name, then its bars with their words."""
    names: list[Row] = []
    bars: list[Row] = []
    y = 0.0
    for group in groups:
        names.append({"y": y + TEXT, "words": group.name})
        y += TEXT + 8
        alone = len(group.bars) == 1
        for bar in group.bars:
            bars.append(_bar(bar, y, alone))
            y += 12 if alone else 22
        y += 14
    return _render(names, bars, y)


def _bar(bar: Bar, y: float, alone: bool) -> Row:
    """A single bar has its words at the right of its name; one of several has them beside it."""
    room = WIDTH if alone else WIDTH - 150
    end = max(2.0, bar.length * room)
    return {
        "y": y,
        "end_y": y + (8 if alone else 14),
        "start": 0,
        "end": end,
        "words": bar.words,
        "words_x": WIDTH if alone else end + 8,
        "words_y": y - 8 if alone else y + 12,
        "align": "right" if alone else "left",
        "colour": ACCENT if bar.strong else INK,
        "opacity": 1.0 if bar.strong else 0.4,
    }


def _render(names: list[Row], bars: list[Row], height: float) -> str:
    import vl_convert  # only the worker draws: web processes need not load it

    data = {"names": names, "bars": bars}
    svg: str = vl_convert.vegalite_to_svg({**_template(), "height": height, "datasets": data})
    return UNSTYLED.sub("", svg)


@cache
def _template() -> Row:
    """The drawing without its data and height; positions are in the drawing's own units."""
    import altair as alt

    def at(field: str) -> Row:
        return {"field": field, "type": "quantitative", "scale": None, "axis": None}

    name = alt.Chart(alt.NamedData("names")).mark_text(
        align="left", baseline="alphabetic", limit=WIDTH - 70, fontSize=TEXT, fill=INK
    )
    bar = alt.Chart(alt.NamedData("bars"))
    words = bar.mark_text(
        align={"expr": "datum.align"}, baseline="alphabetic", fontSize=TEXT - 1, fill=INK
    )
    layers = [
        name.encode(x=alt.value(0), y=alt.Y(**at("y")), text="words:N"),
        bar.mark_rect().encode(
            x=alt.X(**at("start")),
            x2=alt.X2(field="end"),
            y=alt.Y(**at("y")),
            y2=alt.Y2(field="end_y"),
            fill=alt.Fill("colour:N", scale=None),
            fillOpacity=alt.FillOpacity("opacity:Q", scale=None),
        ),
        words.encode(x=alt.X(**at("words_x")), y=alt.Y(**at("words_y")), text="words:N"),
    ]
    chart = alt.layer(*layers, background="transparent", padding=0)
    spec: Row = chart.properties(width=WIDTH).configure_view(stroke=None).to_dict()
    return spec
