"""The pages on which a parliament speaks of itself, from the desk to the foot of every page."""

import pytest

from budget_app.extensions import db
from budget_app.parliaments.models import PageKind
from budget_app.parliaments.services import keep_page
from budget_app.records.models import Act, Record
from tests.budget_app.at_once import at_once
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import DESK, Office

WRITING = DESK + "pages/about"
READING = "/en/example/pages/about"
WORDS = "# Who we are\n\nThe **chamber** of the people.\n\n## How to reach us\n\n- by mail"


def test_what_is_written_stands_at_the_foot_of_every_page(office: Office) -> None:
    stranger, ada = office.stranger(), office.browser("ada")
    assert stranger.get(READING).status_code == 404
    ada.saved(WRITING, {"text_en": WORDS, "save": "1"})
    assert 'href="/en/example/pages/about"' in stranger.get("/en/example/").text
    text = stranger.get(READING).text
    assert "<h2>Who we are</h2>" in text
    assert "<strong>chamber</strong>" in text
    with office.work():
        kept = db.session.scalars(db.select(Record).where(Record.act == Act.PAGE_CHANGED)).one()
        assert kept.subject == {"page": "about"}


def test_a_page_in_another_language_says_so(office: Office) -> None:
    office.browser("ada").saved(WRITING, {"text_en": WORDS, "save": "1"})
    text = office.stranger().get(READING.replace("/en/", "/es/")).text
    assert 'class="prose" lang="en"' in text
    assert "todavía" in text


def test_a_page_without_words_is_gone(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(WRITING, {"text_en": WORDS, "save": "1"})
    ada.saved(WRITING, {"text_en": "  ", "save": "1"})
    assert "no words and is not shown" in ada.text(DESK + "pages")
    assert ada.get(READING).status_code == 404
    assert READING not in ada.get("/en/example/").text


def test_a_preview_keeps_nothing_and_loses_nothing(office: Office) -> None:
    ada = office.browser("ada")
    answer = ada.post(WRITING, {"text_en": WORDS, "preview": "1"})
    assert "not saved yet" in answer.text
    assert "The **chamber** of the people." in answer.text
    assert ada.get(READING).status_code == 404


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://other.example/a.png)",
        '<img src=x onerror="alert(1)">',
    ],
)
def test_a_page_brings_no_script_and_nothing_of_others(office: Office, hostile: str) -> None:
    office.browser("ada").saved(WRITING, {"text_en": hostile, "save": "1"})
    text = office.stranger().get(READING).text
    words = text[text.index('<div class="prose"') : text.index("</main>")]
    assert "<script" not in words
    assert "<img" not in words
    assert 'href="javascript' not in words


def test_a_text_that_is_too_long_is_shown_again_with_one_sentence(office: Office) -> None:
    answer = office.browser("ada").post(WRITING, {"text_en": "a" * 20_001, "save": "1"})
    assert answer.status_code == 422
    assert "At most 20000 characters." in Page(answer.text).text
    assert "a" * 20_001 in answer.text


def test_only_administrators_write_pages(office: Office) -> None:
    assert office.browser("rosa").get(WRITING).status_code == 403
    assert office.browser("ada").get(DESK + "pages/blog").status_code == 404


@pytest.mark.both_stores
def test_two_pages_saved_at_once_both_stand(office: Office) -> None:
    def save(kind: PageKind) -> None:
        keep_page(office.person("ada").memberships[0].parliament, kind, {"en": WORDS})

    assert at_once(office.app, lambda: save(PageKind.ABOUT), lambda: save(PageKind.HELP)) == []
    text = office.stranger().get("/en/example/").text
    assert "/pages/about" in text
    assert "/pages/help" in text
