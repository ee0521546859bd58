"""Every text of the interface in every language."""

from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from tests import catalogs

OTHERS = ("es", "fr", "pt")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "_n": (1, 2),
    "lazy_gettext": None,
}


@cache
def texts() -> frozenset[str]:
    """Every text that code and templates mark."""
    with Path("babel.cfg").open(encoding="utf8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(".", methods, options, keywords=KEYWORDS)
    return frozenset(text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


@cache
def catalog(language: str) -> Catalog:
    return catalogs.read(Path("translations") / language / "LC_MESSAGES" / "messages.po", language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    assert catalogs.untranslated(texts(), catalog(language)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_every_placeholder_and_tag(language: str) -> None:
    assert catalogs.misplaced(catalog(language)) == []
