"""Filters and globals of the templates: money, numbers, dates, languages, texts."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from budget_app import addresses, navigation
from budget_app.presentation.dates import (
    bounded,
    date,
    dated_end,
    day_and_time,
    deadline,
    hour,
    last_day,
    moment,
    now,
    short_day,
    time_left,
)
from budget_app.presentation.figures import money, money_short, number, percent
from budget_app.presentation.light_markup import markdown
from budget_app.presentation.texts import best, localized, office_name, plain, signed_with, word
from budget_app.rounds.models import Round, Stage
from budget_app.wording import category_icon


def init_app(app: Flask) -> None:
    """Give the templates of `app` their filters and globals."""
    app.jinja_env.filters.update(
        {name: _at_request(function) for name, function in FILTERS.items()}
    )
    app.jinja_env.globals.update(
        localized=localized,
        plain=plain,
        best=best,
        icon=icon,
        word=word,
        now=now,
        stages_of=stages_of,
        page_language=navigation.page_language,
        language_name=navigation.language_name,
        language_links=navigation.language_links,
        round_pages=navigation.round_pages,
        help_pages=navigation.help_pages,
    )


def _at_request(function: Callable[..., object]) -> Callable[..., object]:
    """A filter with a context: without one Jinja works it out when it compiles, in one language.

    No stored moment, however far off, takes a page down.
    """

    @pass_context
    @wraps(function)
    def filter_(_context: Context, *arguments: object, **named: object) -> object:
        shown = (bounded(a) if isinstance(a, datetime) else a for a in arguments)
        return function(*shown, **named)

    return filter_


def icon(name: str) -> Markup:
    """A picture beside a word; never the only sign of anything."""
    return _icon(addresses.remembered("static", filename="icons/sprite.svg"), name)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str) -> Markup:
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(sprite, name)


def stages_of(round_: Round) -> list[Stage]:
    return round_.stages_at(now())


FILTERS: dict[str, Callable[..., object]] = {
    "money": money,
    "money_short": money_short,
    "number": number,
    "percent": percent,
    "date": date,
    "moment": moment,
    "day_and_time": day_and_time,
    "deadline": deadline,
    "dated_end": dated_end,
    "hour": hour,
    "short_day": short_day,
    "last_day": last_day,
    "time_left": time_left,
    "markdown": markdown,
    "localized": localized,
    "plain": plain,
    "office_name": office_name,
    "signed_with": signed_with,
    "word": word,
    "category_icon": category_icon,
}
