"""A made-up language whose every letter is a strange one, and what of a page is not written in it.

Where a letter of the ordinary alphabet is left, somebody forgot to have the text translated, or it
is no text of the interface: what people wrote, a name, a code, an address, a date, an amount.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ORDINARY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ"
SPELLING = str.maketrans(ORDINARY, STRANGE)
# Placeholders, elements, entities, addresses of Markdown and what scripts put in.
KEPT = re.compile(r"(%\(\w+\)[sd]|<[^>]+>|&#?\w+;|\]\([^)]*\)|\{\w+\})")
LANGUAGE = "en"
"""The pseudo-language takes English's place: it has no catalog that would be in the way."""

UNREAD = {
    "script",
    "style",
    "code",
    "pre",
    "time",
    "template",
    "textarea",
    "noscript",
    "svg",
    "kbd",
}
"""Elements that hold no words of the interface; `<time>` holds what Babel writes."""
SPOKEN = ("alt", "aria-label", "aria-description", "title", "placeholder", "label")
BUTTONS = {"submit", "button", "reset"}
META = {"description", "og:title", "og:description", "og:site_name"}
BETWEEN = re.compile(r"\s*[,;:·•|/–—→…()«»“”\"?!×+=]\s*|\s+-\s+|\.\s+|\.$")
EDGES = " \t\r\n\u00a0.,;:·•|/–—→…()«»“”\"'’?!#%€$£&@<>[]{}*+=×✓✗0123456789-"

_ENGLISH = Locale(LANGUAGE)
_NAMES = sorted(
    {
        *_ENGLISH.months["format"]["wide"].values(),
        *_ENGLISH.months["format"]["abbreviated"].values(),
        *_ENGLISH.days["format"]["wide"].values(),
        *_ENGLISH.days["format"]["abbreviated"].values(),
        *(f"{n}s?" for n in ("second", "minute", "hour", "day", "week", "month", "year")),
        *("AM", "PM", "UTC", "at", "in", "ago", "million", "billion", "thousand", "and"),
        *_ENGLISH.languages.values(),
    },
    key=len,
    reverse=True,
)
WRITTEN_BY_BABEL = re.compile(rf"(?:\b(?:{'|'.join(_NAMES)})\b|[\d\W])+")
"""Dates, spans of time, languages and large numbers, where they are not inside of `<time>`."""


def strange(text: str) -> str:
    """`text` as the pseudo-language says it: “Save” is “⟦Şȧṽḗ⟧”."""
    parts = KEPT.split(text)
    parts[::2] = [part.translate(SPELLING) for part in parts[::2]]
    return f"⟦{''.join(parts)}⟧"


def write_catalog(source: Path, folder: Path, domain: str) -> None:
    """The pseudo-language's catalog, with every text of the catalog `source`."""
    with source.open("rb") as file:
        texts = read_po(file)
    catalog = Catalog(locale=LANGUAGE)
    for message in texts:
        if message.id:
            said = message.id if isinstance(message.id, str) else tuple(message.id)
            catalog.add(
                said,
                strange(said) if isinstance(said, str) else tuple(strange(text) for text in said),
            )
    path = folder / LANGUAGE / "LC_MESSAGES" / f"{domain}.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


def untranslated(page: str, content: Collection[str]) -> list[str]:
    """What a page says in ordinary letters that is not one of the texts of `content`."""
    return [
        rest
        for text in texts_of(page)
        for run in re.split(f"[{STRANGE}⟦⟧]+", text)
        for rest in _left_over(run, content)
    ]


def texts_of(page: str) -> Iterator[str]:
    """What is read out of a page or a part of one, element by element."""
    return _texts(html5lib.parse(page, namespaceHTMLElements=False))


def folded(text: str) -> str:
    """A text without what may stand at its ends, and its spaces as one."""
    return " ".join(text.split()).strip(EDGES)


def _left_over(run: str, content: Collection[str]) -> Iterator[str]:
    if not _is_word(run) or folded(run) in content:
        return
    for part in BETWEEN.split(run):
        if _is_word(part) and folded(part) not in content:
            yield folded(part)


def _is_word(text: str) -> bool:
    return any(letter in ORDINARY for letter in text) and not WRITTEN_BY_BABEL.fullmatch(text)


def _texts(element: Element) -> Iterator[str]:
    """What is read out of an element: its texts and those of its attributes.

    What says its own language, such as people's words, is none of the interface's, nor is what says
    that no translator is to touch it, such as a hash.
    """
    if not isinstance(element.tag, str) or _foreign(element):
        return
    yield from _spoken(element)
    if element.tag in UNREAD:
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _foreign(element: Element) -> bool:
    other = element.get("lang") is not None and element.tag != "html"
    return other or element.get("translate") == "no"


def _spoken(element: Element) -> Iterator[str]:
    yield from (element.get(name, "") for name in SPOKEN)
    if element.tag == "input" and element.get("type") in BUTTONS:
        yield element.get("value", "")
    if element.tag == "meta" and (element.get("name") or element.get("property")) in META:
        yield element.get("content", "")
