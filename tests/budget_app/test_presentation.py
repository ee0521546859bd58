"""What readers see: amounts, dates, languages, citizens' texts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, g

from budget_app import create_app, navigation
from budget_app.presentation import dates
from budget_app.settings import Settings

NOW = datetime(2027, 5, 14, 12, 0, tzinfo=UTC)
INLINE = re.compile(r"<style|<script>|<\w[^<>{}]*\s(?:style|on[a-z]+)=")
NAMES = {"es": "Puente", "fr": "Pont"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(
        Settings(instance_path=tmp_path_factory.mktemp("instance"), embedded_worker=False)
    )


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "now", lambda: NOW)


FIRST_OF_MARCH = datetime(2027, 3, 1, 10, 30, tzinfo=UTC)


@pytest.fixture
def show(pages: Flask) -> Iterator[object]:
    """Render a template's source as a page in a language would."""

    def render(source: str, language: str = "en", timezone: str = "UTC", **values: object) -> str:
        with pages.test_request_context(f"/{language}/valdoria/"):
            g.language = language
            g.parliament = SimpleNamespace(
                currency="EUR",
                minor_digits=2,
                languages=["es", "en"],
                names={"en": "Valdoria"},
                timezone=timezone,
            )
            return pages.jinja_env.from_string(source).render(**values)

    return render


@pytest.mark.parametrize(
    ("source", "language", "shown"),
    [
        ("{{ 24000000|money }}", "en", "€240,000"),
        ("{{ 24000000|money }}", "es", "240.000\xa0€"),
        ("{{ 24000000|money }}", "fr", "240\u202f000\xa0€"),
        ("{{ 24000000|money }}", "pt", "€\xa0240.000"),
        ("{{ 1250050|money }}", "en", "€12,500.50"),
        ("{{ 240000|money('JPY', 0) }}", "en", "¥240,000"),
        ("{{ 240050|money_short }}", "en", "€2,400.50"),
        ("{{ 296130000|money_short }}", "en", "€3 million"),
        ("{{ 240000000|money_short }}", "en", "€2.4 million"),
        ("{{ 240000000|money_short }}", "es", "2,4\xa0M\xa0€"),
        ("{{ 300000000|money_short('USD') }}", "es", "3\xa0M\xa0US$"),
        ("{{ 300000000|money_short('USD') }}", "fr", "3\xa0M\xa0$US"),
        ("{{ 300000000|money_short('USD') }}", "pt", "US$\xa03\xa0mi"),
        ("{{ 18204|number }}", "es", "18.204"),
        ("{{ 0.1234|percent(1) }}", "fr", "12,3\xa0%"),
        ("{{ first|date }}", "fr", "1er mars 2027"),
        ("{{ first|moment|striptags }}", "fr", "1er mars 2027 à 10:30 UTC"),
        ("{{ first.date()|date('long') }}", "fr", "1er mars 2027"),
        ("{{ first|date }}", "es", "1 mar 2027"),
    ],
)
def test_amounts_and_days_follow_the_language(show, source: str, language: str, shown: str) -> None:
    # From one release of Babel to the next there is a space before this sign, or none.
    assert show(source, language, first=FIRST_OF_MARCH).replace("M€", "M\xa0€") == shown


def test_one_compiled_template_speaks_every_language(pages: Flask) -> None:
    with pages.test_request_context("/en/"):
        template = pages.jinja_env.from_string("{{ 18204|number }}")
    shown = []
    for code in ("en", "es"):
        with pages.test_request_context(f"/{code}/"):
            shown.append(template.render())
    assert shown == ["18,204", "18.204"]


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(days=16, hours=23), "16 days"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=5), "1 minute"),
    ],
)
def test_time_left_is_never_more_than_there_is(show, left: timedelta, shown: str) -> None:
    assert show("{{ end|time_left }}", end=NOW + left) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("es", "22 días, 40 horas"), ("fr", "22 jours, 40 heures"), ("pt", "22 dias, 40 horas")],
)
def test_time_left_is_said_in_words_of_every_language(show, language: str, shown: str) -> None:
    days, hours = NOW + timedelta(days=22), NOW + timedelta(hours=40)
    page = show("{{ a|time_left }}, {{ b|time_left }}", language, a=days, b=hours)
    assert page.replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_moment_names_its_time_zone_and_is_readable_by_machines(show) -> None:
    page = show("{{ at|day_and_time }}", at=NOW + timedelta(days=2))
    assert page.startswith('<time datetime="2027-05-16T12:00:00+00:00">Sunday, ')
    assert "UTC" in page
    assert "May 30, 2027" in show("{{ at|day_and_time }}", at=NOW + timedelta(days=16))


def test_what_ends_at_midnight_ends_with_the_day_before(show) -> None:
    midnight = NOW.replace(hour=0) + timedelta(days=16)
    page = show("{{ at|deadline }}", at=midnight)
    assert page.startswith('<time datetime="2027-05-30T00:00:00+00:00">May 29, 2027, 24:00')
    assert "Saturday, 24:00" in show("{{ at|deadline }}", at=NOW.replace(hour=0, day=16))
    assert show("{{ at|last_day }}", at=midnight) == "May 29"


def test_what_ends_during_a_day_ends_with_its_time(show) -> None:
    noon = NOW + timedelta(days=16)
    assert show("{{ at|deadline }}", at=noon) == show("{{ at|day_and_time }}", at=noon)
    assert show("{{ at|last_day }}", at=noon) == "May 30"


def test_days_are_those_of_the_parliaments_own_time_zone(show) -> None:
    evening = NOW.replace(day=15, hour=2)
    page = show("{{ at|short_day }}, {{ at|last_day }}", timezone="America/Barbados", at=evening)
    assert page == "May 14, May 14"


def test_a_text_in_another_language_says_so(show) -> None:
    page = show("{{ localized(names) }}", "en", names=NAMES)
    assert '<span lang="es">Puente</span>' in page
    assert "(Spanish)" in page


def test_a_text_in_the_language_of_the_page_carries_no_mark(show) -> None:
    assert show("{{ localized(names) }}", "fr", names=NAMES) == "Pont"
    assert show("{{ names|plain }}", "en", names=NAMES) == "Puente"


def test_parliament_texts_are_never_markup(show) -> None:
    hostile = {"es": "<b onmouseover=x>", "en": ""}
    assert "<b" not in show("{{ localized(names) }}", "en", names=hostile)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/p.png)",
        '<img src=x onerror="x">',
        "<iframe src=//elsewhere.example></iframe>",
    ],
)
def test_citizens_texts_bring_nothing_that_runs_or_loads(show, text: str) -> None:
    page = show("{{ text|markdown }}", text=text)
    assert not any(tag in page for tag in ("<script", "<img", "<iframe", 'href="javascript'))


def test_headings_in_citizens_texts_stand_below_those_of_the_page(show) -> None:
    page = show("{{ text|markdown }}", text="# Why\n\n#### How")
    assert "<h3>Why</h3>" in page
    assert "<h4>How</h4>" in page


def test_the_language_links_keep_the_page(pages: Flask) -> None:
    with pages.test_request_context("/en/valdoria/rounds/a?page=2"):
        links = {code: address for code, _name, address in navigation.language_links()}
    assert links["fr"] == "/fr/valdoria/rounds/a?page=2"


def test_the_language_links_of_a_refused_form_lead_to_a_page(pages: Flask) -> None:
    with pages.test_request_context("/en/valdoria/account/sign-in/link", method="POST"):
        links = {code: address for code, _name, address in navigation.language_links()}
    assert links["pt"] == "/pt/valdoria/"


PRINTED = {"booklet_print.html"}
"""Made into a PDF and never served: the printer takes one page with its style and asks for no other."""


def test_no_template_carries_inline_style_or_script() -> None:
    folder = Path(navigation.__file__).parent / "templates"
    pages = [path for path in sorted(folder.rglob("*.html")) if path.name not in PRINTED]
    for path in pages:
        source = path.read_text(encoding="utf8")
        assert not INLINE.search(source), path.name
