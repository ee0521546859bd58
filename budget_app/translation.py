"""Flask-Babel's translating functions, with types."""

import flask_babel


def gettext(message: str, **values: object) -> str:
    """The message in the page's language."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The message that fits `number`, in the page's language."""
    return str(flask_babel.ngettext(singular, plural, number, **values))
