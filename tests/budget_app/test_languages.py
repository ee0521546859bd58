"""Every text of the interface in every language."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

OTHERS = ("es", "fr", "pt")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "_n": (1, 2),
    "lazy_gettext": None,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+[^>]*>")


@cache
def texts() -> frozenset[str]:
    """Every text that code and templates mark."""
    with Path("babel.cfg").open(encoding="utf8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(".", methods, options, keywords=KEYWORDS)
    return frozenset(text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


@cache
def catalog(language: str) -> Catalog:
    path = Path("translations") / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said(translation: object) -> tuple[str, ...]:
    return translation if isinstance(translation, tuple) else (str(translation),)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    found = catalog(language)
    missing = [
        text
        for text in sorted(texts())
        if (message := found.get(text)) is None or message.fuzzy or not all(said(message.string))
    ]
    assert not missing


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_every_placeholder_and_tag(language: str) -> None:
    for message in catalog(language):
        if not message.id:
            continue
        asked = {frozenset(PLACEHOLDER.findall(text)) for text in said(message.id)}
        most = frozenset().union(*asked)
        for text in said(message.string):
            assert frozenset(PLACEHOLDER.findall(text)) in asked | {most}, text
