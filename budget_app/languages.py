"""The languages of the pages, and which one a page speaks: that in its address, else the visitor's."""

from babel import Locale
from flask import g, has_request_context, request
from flask_babel import get_locale
from flask_login import current_user

LANGUAGES = ("en", "es", "fr", "pt")


def choose_language() -> str:
    """The language of the present request's page."""
    if "language" in g:
        return str(g.language)
    if not has_request_context():
        return LANGUAGES[0]
    first = request.path.split("/", 2)[1]
    return first if first in LANGUAGES else preferred_language()


def page_locale() -> Locale:
    """How the present page writes figures and dates; English where there is no page."""
    return get_locale() or Locale(LANGUAGES[0])


def preferred_language() -> str:
    """What `/` leads to: the account's language, else the browser's, else English."""
    if current_user.is_authenticated:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def choose_timezone() -> str:
    """The zone in which the present page tells times: the parliament's."""
    return str(g.parliament.timezone) if "parliament" in g else "UTC"
