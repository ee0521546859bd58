"""No page of the example says a word that a translator never sees."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Enum, select

from budget_app.extensions import babel, db
from budget_app.navigation import ENDONYMS
from budget_app.presentation.light_markup import markdown
from tallying.rules import RULES
from tallying.wording import catalogs
from tests.example import Answer, cookie_of, copy_of_example, kinds_of_pages
from tests.pseudo import BETWEEN, LANGUAGE, folded, strange, texts_of, untranslated, write_catalog

ROLES = [
    "nobody",
    "citizen",
    "administrator",
    "reviewer",
    "auditor",
    "moderator",
    "parliamentarian",
]
NAMES = {"WhatsApp", "Facebook", "X", "Telegram", "LinkedIn", *ENDONYMS.values()}
"""What has the same name everywhere: services, and languages in lists that offer them."""
LEAST_PAGES = 30
"""Of all roles together, so that a crawl that stops early is seen."""


@pytest.fixture(scope="module")
def example(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The example parliament, whose pages in English speak the pseudo-language."""
    folder = tmp_path_factory.mktemp("pseudo")
    write_catalog(Path("translations/es/LC_MESSAGES/messages.po"), folder, "messages")
    write_catalog(catalogs.FOLDER / "es/LC_MESSAGES/tallying.po", folder, catalogs.DOMAIN)
    catalogs.catalog.cache_clear()
    with (
        pytest.MonkeyPatch.context() as patch,
        copy_of_example(tmp_path_factory, sqlite_template) as app,
    ):
        patch.setattr(catalogs, "FOLDER", folder)
        patch.setattr(app.extensions["babel"], "translation_directories", [str(folder)])
        patch.setattr(babel.domain_instance, "cache", {})
        yield app
        catalogs.catalog.cache_clear()


def content_of(app: Flask) -> frozenset[str]:
    """Everything that people and parliaments wrote: each text of the database, and its parts."""
    found: set[str] = {*NAMES, *texts_of_rules()}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, Enum)]
            for row in db.session.execute(select(*columns)):
                for value in row:
                    found.update(leaves(value))
    return frozenset(part for text in found for part in parts(text))


def texts_of_rules() -> Iterator[str]:
    """The rules of the count bring their texts in four languages themselves."""
    for rule in RULES.values():
        yield from leaves(asdict(rule))


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (leaf for item in value.values() for leaf in leaves(item))
    elif isinstance(value, list | tuple):
        yield from (leaf for item in value for leaf in leaves(item))


def parts(text: str) -> Iterator[str]:
    """The text and what is shown of it: its lines, its clauses, its Markdown's elements."""
    for shown in {text, *text.splitlines(), *texts_of(str(markdown(text)))}:
        yield folded(shown)
        yield from (folded(clause) for clause in BETWEEN.split(shown))


def getter(client: FlaskClient) -> Callable[[str], Answer]:
    def get(path: str) -> Answer:
        with client.get(path, follow_redirects=True) as answer:
            kind = answer.mimetype or ""
            return Answer(answer.status_code, kind, answer.text if kind == "text/html" else "")

    return get


def test_no_page_says_an_untranslated_word(example: Flask) -> None:
    content = content_of(example)
    found: dict[str, str] = {}
    pages = 0
    for role in ROLES:
        client = example.test_client()
        if role != "nobody":
            client.set_cookie("session", cookie_of(example, role))
        for path, text in kinds_of_pages(example, getter(client), LANGUAGE, role):
            pages += 1
            found.update(dict.fromkeys(untranslated(text, content), f"{role}: {path}"))
    assert found == {}
    assert pages >= LEAST_PAGES


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Save</p>", ["Save"]),
        ("<p>⟦Şȧṽḗ⟧ now</p>", ["now"]),
        ("<p>⟦Şȧṽḗ Ana Lima⟧, approved, 3 May 2027, 20:00 UTC</p>", ["approved"]),
        ('<img alt="A school" src="school.png">', ["A school"]),
        ('<button aria-label="Close">×</button>', ["Close"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<input type="text" placeholder="Search" value="a school">', ["Search"]),
        ('<p lang="pt">Uma escola</p><p><code>p001</code></p>', []),
    ],
)
def test_an_untranslated_word_is_found(page: str, words: list[str]) -> None:
    assert untranslated(page, {"Ana Lima"}) == words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Save", "⟦Şȧṽḗ⟧"),
        ("%(name)s <b>has</b> [it](/it)", "⟦%(name)s <b>ħȧş</b> [īŧ](/it)⟧"),
        ("{left} of 100%%", "⟦{left} ǿƒ 100%%⟧"),
    ],
)
def test_the_pseudo_language_keeps_what_is_no_word(text: str, said: str) -> None:
    assert strange(text) == said
