"""Moments and days, as each language writes them."""

import math
import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import date as Day  # noqa: N812 — `date` is the filter
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from flask_babel import format_date, format_time, get_timezone, to_user_timezone
from flask_babel import gettext as _
from markupsafe import Markup

from budget_app import moment as request_moment
from budget_app.languages import page_locale

WITHIN_DAYS = timedelta(days=6)
UNITS: tuple[tuple[Literal["day", "hour", "minute"], timedelta], ...] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 12, 31, tzinfo=UTC)
FIRST = re.compile(r"(?<!\d)1(?=\s[^\W\d])")


def bounded(value: datetime) -> datetime:
    """A stored moment at the edge of the calendar has no time in another zone: show one near it."""
    return min(max(value, EARLIEST), LATEST)


def now() -> datetime:
    return request_moment.now()


def _first(text: str) -> str:
    """French counts the first of a month, “1er mars”, which the patterns of CLDR leave out."""
    return FIRST.sub("1er", text, count=1) if page_locale().language == "fr" else text


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
    return _written(value, pattern, eve, page_locale(), get_timezone())


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
    return _first(format_skeleton(skeleton, day, locale=page_locale()))


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
    return format_timedelta(shown, granularity=unit, threshold=math.inf, locale=page_locale())
