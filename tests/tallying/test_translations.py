"""Every text of the count is translated, with its placeholders and in the words of the pages."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tallying.rules import RULES
from tallying.wording import LANGUAGES

HOME = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@cache
def texts() -> frozenset[str]:
    """Every text that the package marks for translation."""
    found = extract_from_dir(HOME / "tallying")
    return frozenset(text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


@cache
def catalog(language: str) -> Catalog:
    path = HOME / "tallying" / "translations" / language / "LC_MESSAGES" / "tallying.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said(translation: object) -> tuple[str, ...]:
    return translation if isinstance(translation, tuple) else (str(translation),)


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_every_text_of_the_count_is_translated(language: str) -> None:
    found = catalog(language)
    assert not [
        text
        for text in sorted(texts())
        if (message := found.get(text)) is None or message.fuzzy or not all(said(message.string))
    ]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_translations_of_the_count_keep_every_placeholder(language: str) -> None:
    for message in catalog(language):
        if not message.id:
            continue
        asked = {frozenset(PLACEHOLDER.findall(text)) for text in said(message.id)}
        most = frozenset().union(*asked)
        for text in said(message.string):
            assert frozenset(PLACEHOLDER.findall(text)) in asked | {most}, text


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
