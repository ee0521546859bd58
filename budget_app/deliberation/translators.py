"""Machine translation of people's words: none, unless the installation connects one.

A connected translator is a callable without arguments, named by `PB_TRANSLATOR` as
`module:name`, that gives an object with the method below.
"""

from typing import Protocol

from flask import current_app
from werkzeug.utils import import_string


class TranslationFailed(Exception):
    """The translator could not translate, for example because its service is away."""


class Translator(Protocol):
    """What turns a text from one language into another."""

    def translate(self, text: str, source: str, target: str) -> str:
        """`text` in the language `target`; languages are codes as `es`.

        `text` is Markdown as a person wrote it. Raises `TranslationFailed`.
        """
        ...


class Marking:
    """The embedded twin: it translates nothing, and shows where a translation would stand."""

    def translate(self, text: str, source: str, target: str) -> str:
        """The same words between the two languages: `[es→en] …`."""
        return f"[{source}→{target}] {text}"


def load(path: str) -> Translator | None:
    """The translator that a setting names; None for an empty one. Raises `ImportError`."""
    if not path:
        return None
    made: Translator = import_string(path)()
    return made


def connected() -> Translator | None:
    found: Translator | None = current_app.extensions.get("translator")
    return found
