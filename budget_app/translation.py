"""Flask-Babel's translating functions: with types, and quick ones for the templates."""

from functools import lru_cache

import flask_babel
from babel.support import NullTranslations
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

MESSAGES_KEPT = 16_384
_PAGES = "_translations"
"""The page's own; templates that are imported without its context ask for them."""


def gettext(message: str, **values: object) -> str:
    """The message in the page's language."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The message that fits `number`, in the page's language."""
    return str(flask_babel.ngettext(singular, plural, number, **values))


def init_app(app: Flask) -> None:
    """Give templates a `_` that looks each message up once in each language.

    It means what Jinja's own means: with values that are always put in, and escaped in HTML.
    """
    app.jinja_env.globals.update(gettext=_of_template, _=_of_template)
    app.context_processor(lambda: {_PAGES: flask_babel.get_translations()})


@pass_context
def _of_template(context: Context, message: str, /, **values: object) -> str:
    translations = context.get(_PAGES) or flask_babel.get_translations()
    return _looked_up(translations, message, bool(context.eval_ctx.autoescape)) % values


@lru_cache(maxsize=MESSAGES_KEPT)
def _looked_up(translations: NullTranslations, message: str, markup: bool) -> str:
    text: str = translations.ugettext(message)
    return Markup(text) if markup else text  # noqa: S704 — as Jinja does: messages are ours
