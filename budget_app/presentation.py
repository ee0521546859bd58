"""Filters and globals of the templates: money, numbers, dates, languages, texts."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import date as Day  # noqa: N812 — `date` is the filter
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Literal

import nh3
from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)
from flask import Flask, g
from flask_babel import format_date, format_time, get_locale, get_timezone, to_user_timezone
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from budget_app import addresses, navigation
from budget_app import moment as request_moment
from budget_app.parliaments.models import LANGUAGES
from budget_app.rounds.models import Round, RoundState, Stage, StageState
from budget_app.wording import WORDS, category_icon

MILLION = 1_000_000
WITHIN_DAYS = timedelta(days=6)
UNITS: tuple[tuple[Literal["day", "hour", "minute"], timedelta], ...] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre"} | {
    "h2",
    "h3",
    "h4",
}


EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 12, 31, tzinfo=UTC)


def bounded(value: datetime) -> datetime:
    """A stored moment at the edge of the calendar has no time in another zone: show one near it."""
    return min(max(value, EARLIEST), LATEST)


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


def _locale() -> Locale:
    return get_locale() or Locale(LANGUAGES[0])


def _amount(minor: int, minor_digits: int | None) -> Decimal:
    digits = g.parliament.minor_digits if minor_digits is None else minor_digits
    return Decimal(minor).scaleb(-digits)


def money(minor: int, currency: str | None = None, minor_digits: int | None = None) -> str:
    """An exact amount of minor units; cents are shown only where there are any.

    Currency and digits default to those of the page's parliament.
    """
    amount = _amount(minor, minor_digits)
    whole = amount == amount.to_integral_value()
    return format_currency(
        amount,
        currency or g.parliament.currency,
        locale=_locale(),
        format=_whole_pattern() if whole else None,
        currency_digits=False if whole else minor_digits is None,
    )


def _whole_pattern() -> str:
    pattern: str = _locale().currency_formats["standard"].pattern
    return pattern.replace("0.00", "0")


def money_short(minor: int, currency: str | None = None, minor_digits: int | None = None) -> str:
    """An amount rounded for reading: “€2.4 million”, “2,4 M€”; below a million it is exact."""
    amount = _amount(minor, minor_digits)
    if abs(amount) < MILLION:
        return money(minor, currency, minor_digits)
    code, locale = currency or g.parliament.currency, _locale()
    symbol = get_currency_symbol(code, locale=locale)
    if locale.language != "en":  # the others abbreviate where English writes the word
        text = format_compact_currency(amount, code, locale=locale, fraction_digits=1)
        figures = text.removesuffix(symbol)
        runs_on = figures != text and figures[-1].isalpha() and symbol[0].isalpha()
        return f"{figures}\N{NO-BREAK SPACE}{symbol}" if runs_on else text
    words = format_compact_decimal(amount, format_type="long", locale=locale, fraction_digits=1)
    return f"{symbol}\N{NO-BREAK SPACE}{words}" if symbol[-1].isalpha() else f"{symbol}{words}"


def number(value: int | Decimal | float) -> str:
    return format_decimal(value, locale=_locale())


def percent(fraction: float, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage with `digits` decimals."""
    shown = round(Decimal(str(fraction)), digits + 2)
    return format_percent(shown, locale=_locale(), decimal_quantization=False)


def now() -> datetime:
    return request_moment.now()


def icon(name: str) -> Markup:
    """A picture beside a word; never the only sign of anything."""
    return _icon(addresses.remembered("static", filename="icons/sprite.svg"), name)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str) -> Markup:
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(sprite, name)


FIRST = re.compile(r"(?<!\d)1(?=\s[^\W\d])")


def _first(text: str) -> str:
    """French counts the first of a month, “1er mars”, which the patterns of CLDR leave out."""
    return FIRST.sub("1er", text, count=1) if _locale().language == "fr" else text


def date(value: datetime | Day, pattern: str = "medium") -> str:
    """The day alone, “3 May 2027”, of a moment or of the calendar."""
    return _first(format_date(value, pattern))


def moment(value: datetime) -> Markup:
    """Day and time with the time zone: “3 May 2027, 20:00 UTC”; machines read it too."""
    return _time_element(bounded(value), "long")


def deadline(value: datetime) -> Markup:
    """A moment at which something ends; midnight is the 24:00 of the day that it ends."""
    value = bounded(value)
    if timedelta(0) <= value - now() < WITHIN_DAYS:
        return _time_element(value, "EEEE", _day_before_midnight(value))
    return dated_end(value)


def dated_end(value: datetime) -> Markup:
    """`deadline` with its full date however near: for what is read long afterwards."""
    return _time_element(value, "long", _day_before_midnight(value))


def _day_before_midnight(value: datetime) -> datetime | None:
    """A moment of the day that `value` ends; None when it lies within a day."""
    eve = value - timedelta(microseconds=1)
    return None if to_user_timezone(eve).date() == to_user_timezone(value).date() else eve


def day_and_time(value: datetime) -> Markup:
    """“Sunday, 20:00 UTC” within the week, the full date beyond it."""
    if timedelta(0) <= value - now() < WITHIN_DAYS:
        return _time_element(value, "EEEE")
    return moment(value)


def _time_element(value: datetime, pattern: str, eve: datetime | None = None) -> Markup:
    """A moment, or the end of the day of its eve."""
    return _written(value, pattern, eve, _locale(), get_timezone())


@lru_cache(maxsize=4096)
def _written(
    value: datetime, pattern: str, eve: datetime | None, _locale: Locale, _zone: tzinfo | None
) -> Markup:
    """Remembered with the page's language and zone: many ballots are of the same second."""
    text = _(
        "%(day)s, %(time)s %(zone)s",
        day=date(eve or value, pattern),
        time="24:00" if eve else format_time(value, "short"),
        zone=to_user_timezone(value).tzname(),
    )
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def hour(value: datetime) -> Markup:
    """The time of day alone: for lists of one day."""
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(), format_time(value, "short")
    )


def short_day(value: datetime) -> str:
    """“3 May”, with the year when it is not the present one."""
    day = to_user_timezone(value)
    skeleton = "MMMd" if day.year == to_user_timezone(now()).year else "yMMMd"
    return _first(format_skeleton(skeleton, day, locale=_locale()))


def last_day(end: datetime) -> str:
    """The day until which something runs: what ends at midnight ends with the day before."""
    return short_day(end - timedelta(microseconds=1))


def time_left(end: datetime) -> str:
    """How long until `end`, in words and never more than it is: “2 days”, “5 hours”."""
    left = max(end - now(), timedelta(minutes=1))
    for unit, length in UNITS:
        if left >= 2 * length or unit == "minute":
            break
    # format_unit knows no Portuguese days
    shown = left // length * length
    return format_timedelta(shown, granularity=unit, threshold=math.inf, locale=_locale())


def plain(texts: Mapping[str, str] | None) -> str:
    """The best available language as bare text, for titles and attributes."""
    return best(texts)[1]


def office_name(text: str | None) -> str:
    """An office in the reader's language where the parliament names it so; else as it was signed."""
    parliament = g.get("parliament")
    for names in parliament.offices if parliament and text else ():
        if text in names.values():
            return localized(names)
    return text or ""


def signed_with(words: str) -> str:
    """A signature that ends with an office, as “Name, Office”, with that in the reader's language.

    Bare text; what names no office of the parliament stays as it is.
    """
    parliament = g.get("parliament")
    for names in parliament.offices if parliament else ():
        for name in names.values():
            if name and words.endswith(f", {name}"):
                return words.removesuffix(name) + plain(names)
    return words


def localized(texts: Mapping[str, str] | None) -> str:
    """The best available language; another than the page's is marked, for eye and ear."""
    code, text = best(texts)
    page = _locale().language
    if not text or code == page:
        return text
    name = Locale(code).get_display_name(page) or code
    return Markup(
        '<span lang="{0}">{1}</span> <span class="in-language">'
        '<span aria-hidden="true">{0}</span><span class="visually-hidden">({2})</span></span>'
    ).format(code, text, name)


def best(texts: Mapping[str, str] | None) -> tuple[str, str]:
    """The page's language, else the parliament's first, else any that has words."""
    texts = texts or {}
    offered = g.parliament.languages if "parliament" in g else LANGUAGES
    for code in (_locale().language, *offered, *texts):
        if texts.get(code, "").strip():
            return code, texts[code]
    return _locale().language, ""


def word(value: str) -> str:
    """The words for a state, a phase, a role: the value of a `StrEnum`."""
    return str(WORDS.get((type(value).__name__, str(value)), value))


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


def _lower_headings(state: StateCore) -> None:
    """Headings of a text stand below those of its page: two ranks, from `highest` on."""
    highest = state.env["highest"]
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{highest if int(token.tag[1:]) <= highest else highest + 1}"


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
_markdown.core.ruler.push("lower_headings", _lower_headings)


def markdown(text: str | None, highest: int = 3) -> Markup:
    """Text with light formatting as safe HTML: no pictures, no raw HTML, links without referrer.

    `highest` is the rank of its first headings, 2 or 3.
    """
    html = nh3.clean(
        _markdown.render(text or "", {"highest": highest}),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer ugc",
    )
    return Markup(html)  # noqa: S704 — cleaned by nh3 on the line above


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
