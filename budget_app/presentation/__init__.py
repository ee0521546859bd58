"""Filters and globals of the templates: money, numbers, dates, languages, texts."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps

from flask import Flask
from flask_babel import gettext as _
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
from budget_app.rounds.models import Round, RoundState, Stage, StageState
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


def where_it_stands(round_: Round) -> str:
    """A round's state in words; while only its dates say it, its phase as public pages name it."""
    if round_.state is not RoundState.ANNOUNCED:
        return word(round_.state)
    stages = stages_of(round_)
    for state in (StageState.NOW, StageState.NEXT):
        present = next((word(stage.key) for stage in stages if stage.state is state), None)
        if present is not None:
            to_come: str = _("%(phase)s, to come", phase=present)
            return present if state is StageState.NOW else to_come
    over: str = _("All phases are over")
    return over


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
    "where_it_stands": where_it_stands,
    "category_icon": category_icon,
}
