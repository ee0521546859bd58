"""The catalogs of sentences, one a language, read by the standard library's gettext."""

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

LANGUAGES = ("en", "es", "fr", "pt")
"""English is what the program itself says; the others have a catalog."""

DOMAIN = "tallying"
FOLDER = Path(__file__).parents[1] / "translations"


@cache
def catalog(language: str) -> NullTranslations:
    """The sentences of a language; English where there is no compiled catalog of it."""
    return translation(DOMAIN, FOLDER, [language], fallback=True)
