"""Pages tell the count in their own language, with figures written as on all other pages."""

import pytest
from flask import Flask, g

from budget_app.parliaments.models import Parliament
from budget_app.results.reasons import margin, page_wording, reason
from tallying.codes import Code
from tallying.explanation import Explanation

NAMES = {"bus": "Library bus"}
VALUES = {"cost": 410_000_00, "votes": 90, "score": 90, "budget": 1_000_000_00, "unspent": 0}


def said(app: Flask, language: str, currency: str = "EUR") -> str:
    """Why a project is not funded, and how far it was from it."""
    missed = Explanation(
        "bus",
        "not_funded",
        Code.TOO_EXPENSIVE,
        {**VALUES, "left": 96_000_50, "more": 1412, "unit": "votes", "exact": True},
    )
    with app.test_request_context(f"/{language}/"):
        g.parliament = Parliament(currency=currency, minor_digits=2, languages=[language])
        wording = page_wording(NAMES, "approval")
        return f"{reason(missed, wording)} {margin(missed, wording, 0)}"


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            "When it came up, €96,000.50 was left and it costs €410,000. It needed 1,412 more votes.",
        ),
        (
            "es",
            "Cuando le llegó el turno quedaban 96.000,50 €, y cuesta 410.000 €. Necesitaba 1.412 votos más.",
        ),
        (
            "fr",
            "Quand son tour est venu, il restait 96 000,50 € et il coûte 410 000 €. Il lui fallait 1 412 voix de plus.",
        ),
        (
            "pt",
            "Quando chegou a sua vez, restavam € 96.000,50, e ele custa € 410.000. Precisava de 1.412 votos a mais.",
        ),
    ],
)
def test_a_page_gives_reasons_in_its_language_and_its_way_to_write_amounts(
    wordy_app: Flask, language: str, sentences: str
) -> None:
    plain_spaces = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "  ")
    assert said(wordy_app, language).translate(plain_spaces) == sentences


def test_amounts_are_in_the_currency_of_the_parliament(wordy_app: Flask) -> None:
    assert "$410,000" in said(wordy_app, "en", "USD")
