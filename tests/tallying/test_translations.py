"""Every text of the count is translated, with its placeholders and in the words of the pages."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tallying.rules import RULES
from tallying.wording import LANGUAGES
from tests import catalogs
from tests.catalogs import said

HOME = Path(__file__).parents[2]


@cache
def texts() -> frozenset[str]:
    """Every text that the package marks for translation."""
    found = extract_from_dir(HOME / "tallying")
    return frozenset(text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


@cache
def catalog(language: str) -> Catalog:
    path = HOME / "tallying" / "translations" / language / "LC_MESSAGES" / "tallying.po"
    return catalogs.read(path, language)


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_every_text_of_the_count_is_translated(language: str) -> None:
    assert catalogs.untranslated(texts(), catalog(language)) == []


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_translations_of_the_count_keep_every_placeholder(language: str) -> None:
    assert catalogs.misplaced(catalog(language)) == []


FOREIGN_WORDS = {
    "es": r"\bcostes?\b|\brecuentos?\b",
    "fr": r"\bconsultations?\b|\bélecteurs?\b| [;:?!»]|« ",
    "pt": r"\bboleti[mn]s?\b|\bcontage[mn]s?\b(?! das cédulas)|\bficheiros?\b|\brondas?\b",
}
"""What the pages call otherwise, and French punctuation that a line could begin with."""


@pytest.mark.parametrize("language", FOREIGN_WORDS)
def test_rules_and_sentences_use_the_words_of_the_pages(language: str) -> None:
    told = [text for message in catalog(language) for text in said(message.string) if message.id]
    for rule in RULES.values():
        told += [rule.title[language], rule.description[language]]
        told += [parameter.help[language] for parameter in rule.parameters]
    assert not [text for text in told if re.search(FOREIGN_WORDS[language], text)]
