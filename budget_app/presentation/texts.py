"""Texts in the best of their languages for the reader, and the words for states and roles."""

from collections.abc import Mapping

from babel import Locale
from flask import g
from markupsafe import Markup

from budget_app.languages import LANGUAGES, page_locale
from budget_app.wording import WORDS


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
    page = page_locale().language
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
    for code in (page_locale().language, *offered, *texts):
        if texts.get(code, "").strip():
            return code, texts[code]
    return page_locale().language, ""


def word(value: str) -> str:
    """The words for a state, a phase, a role: the value of a `StrEnum`."""
    return str(WORDS.get((type(value).__name__, str(value)), value))
