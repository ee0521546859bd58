"""Flask-Babel's translating functions: with types, and quick ones for the templates."""

from functools import lru_cache

import flask_babel
from babel.support import NullTranslations
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

MESSAGES_KEPT = 16_384


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


@pass_context
def _of_template(context: Context, message: str, /, **values: object) -> str:
    markup = bool(context.eval_ctx.autoescape)
    return _looked_up(flask_babel.get_translations(), message, markup=markup) % values


@lru_cache(maxsize=MESSAGES_KEPT)
def _looked_up(translations: NullTranslations, message: str, *, markup: bool) -> str:
    text: str = translations.ugettext(message)
    return Markup(text) if markup else text  # noqa: S704 — as Jinja does: messages are ours
