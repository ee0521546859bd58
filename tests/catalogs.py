"""What a catalog of translations must hold, of the pages and of the count."""

import re
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+[^>]*>")


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said(translation: object) -> tuple[str, ...]:
    """A text in all its plural forms."""
    return translation if isinstance(translation, tuple) else (str(translation),)


def untranslated(texts: Iterable[str], found: Catalog) -> list[str]:
    return [
        text
        for text in sorted(texts)
        if (message := found.get(text)) is None or message.fuzzy or not all(said(message.string))
    ]


def misplaced(found: Catalog) -> list[str]:
    """Translations whose placeholders and tags are not those of the text; one form may name all."""
    wrong = []
    for message in found:
        if not message.id:
            continue
        asked = {frozenset(PLACEHOLDER.findall(text)) for text in said(message.id)}
        most = frozenset().union(*asked)
        wrong += [
            text
            for text in said(message.string)
            if frozenset(PLACEHOLDER.findall(text)) not in asked | {most}
        ]
    return wrong
