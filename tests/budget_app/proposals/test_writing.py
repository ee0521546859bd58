"""What the form of a proposal takes, and what it refuses without losing a word."""

import re
from typing import Any

import pytest

from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from tests.budget_app.booth.pages import Page
from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import Browser, Office, began_with

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINES = {
    "lines-0-what": "Tiles",
    "lines-0-quantity": "120",
    "lines-0-amount": "2.50",
    "lines-1-what": "Scaffold",
    "lines-1-amount": "300",
    "lines-2-what": " ",
}


def proposal(office: Office) -> dict[str, Any]:
    with office.work():
        row = db.session.get_one(Proposal, 1)
        return {**vars(row)}


def errors(text: str) -> list[str]:
    """The fields at which something is said."""
    return re.findall(r'id="([\w-]+)-error"', text)


def test_lines_are_summed_and_the_sum_is_the_estimate(office: Office, ana: Browser) -> None:
    ana.saved(LIST + "1/edit", DRAFT | LINES | {"estimate": "7", "save": "1"})
    assert proposal(office)["estimate"] == 600_00
    page = ana.text(LIST + "1")
    assert "Tiles 120 €2.50 €300" in page
    assert "In all €600" in page
    form = ana.get(LIST + "1/edit").text
    assert 'value="Scaffold"' in form
    assert form.count('class="cost-line"') == 5


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lines-0-amount": ""}, "lines-0-amount"),
        ({"lines-1-what": ""}, "lines-1-what"),
        ({"lines-0-quantity": "0"}, "lines-0-quantity"),
        ({"lines-0-quantity": "1e3"}, "lines-0-quantity"),
        ({"lines-0-quantity": "9" * 5000}, "lines-0-quantity"),
        ({"lines-0-amount": "-3"}, "lines-0-amount"),
        ({"lines-0-amount": "90000000000000", "lines-0-quantity": "1000000"}, "estimate"),
        ({"latitude": "18.4"}, "longitude"),
        ({"longitude": "-69.9"}, "latitude"),
        ({"latitude": "86", "longitude": "1"}, "latitude"),
        ({"latitude": "1", "longitude": "180.5"}, "longitude"),
        ({"latitude": "0", "longitude": "0.000001"}, "latitude"),
        ({"latitude": "nan", "longitude": "inf"}, "latitude"),
        ({"goals": ["1", "2", "3", "4"]}, "goals"),
        ({"goals": ["18"]}, "goals"),
        ({"categories": ["nonsense"]}, "categories"),
        ({"place": "x" * 121}, "place"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(
    office: Office, wrong: dict[str, Any], field: str
) -> None:
    office.announce()
    sent = {**DRAFT, **LINES, "place": "School 12", **wrong, "save": "1"}
    ana = office.browser("ana")
    assert ana.post(LIST + "new", sent).location == LIST + "1/edit"
    answer = ana.get(LIST + "1/edit")
    assert field in errors(answer.text)
    assert f'href="#{field}' in answer.text
    for name, text in sent.items():
        if isinstance(text, str) and text.strip() and name not in ("district", "save"):
            assert text in answer.text, name


def test_the_summary_names_fields_and_rows_in_the_order_of_the_form(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    wrong = {"title": "x" * 121, "lines-1-amount": "-1", "goals": ["1", "2", "3", "4"]}
    ana.saved(LIST + "new", {**DRAFT, **LINES, **wrong, "save": "1"})
    page = ana.get(LIST + "1/edit").text
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    assert re.findall(r"#[^>]*>([^<]*)</a>", summary) == [
        "Title: At most 120 characters.",
        "Sustainable Development Goals: Choose three goals at most.",
        "Row 2, Cost of each: An amount cannot be below zero.",
    ]


def test_more_rows_are_asked_for_and_nothing_is_saved_or_lost(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    answer = ana.post(LIST + "new", DRAFT | LINES | {"more": "1"})
    assert answer.status_code == 200
    assert answer.text.count('class="cost-line"') == 8
    assert "Scaffold" in answer.text
    asked = re.search(r'name="more"[^>]*formaction="[^"#]*#([^"]*)"', ana.get(LIST + "new").text)
    assert asked is not None
    assert f'id="{asked[1]}"' in answer.text  # the first of the new rows
    assert errors(answer.text) == []
    many = {f"lines-{n}-what": "x" for n in range(40)}
    answer = ana.post(LIST + "new", DRAFT | many | {"more": "1"})
    assert answer.text.count('class="cost-line"') == 20
    with office.work():
        assert db.session.scalars(db.select(Proposal)).all() == []


@pytest.mark.parametrize(
    "pin",
    [
        {"latitude": "18.4718612", "longitude": "-69,891"},
        {"latitude": "18.47186, -69.891", "longitude": ""},
        {"latitude": "18.47186 \u221269.891".replace("\u2212", "-"), "longitude": ""},
    ],
)
def test_a_pin_is_typed_or_pasted_and_shown_with_its_place(
    office: Office, ana: Browser, pin: dict[str, str]
) -> None:
    sent = DRAFT | pin | {"place": "<i>School</i> 12", "goals": "4", "save": "1"}
    ana.saved(LIST + "1/edit", sent)
    assert proposal(office)["latitude"] == 18.47186
    assert proposal(office)["longitude"] == -69.891
    page = ana.get(LIST + "1").text
    assert "18.47186, -69.89100" in page
    assert "&lt;i&gt;School&lt;/i&gt; 12" in page
    assert "4 Quality education" in Page(page).text


def test_the_later_of_two_writers_is_told_and_decides(office: Office, ana: Browser) -> None:
    both_began = ana.began(LIST + "1/edit")
    ana.saved(LIST + "1/edit", DRAFT | {"title": "First", "place": "School 12"} | both_began)
    late = DRAFT | {"title": "Second", "place": "", "save": "1"}
    answer = ana.post(LIST + "1/edit", late | both_began)
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "You changed this meanwhile in another window: Title, Name of the place." in text
    assert "What stands now First What you typed Second" in text
    assert "What stands now School 12 What you typed You had changed nothing here" in text
    assert 'value="Second"' in answer.text
    assert 'value="School 12"' in answer.text
    assert proposal(office)["title"] == "First"
    ana.saved(LIST + "1/edit", late | {"place": "School 12"} | began_with(answer.text))
    assert proposal(office)["title"] == "Second"


def test_rows_of_the_estimate_that_another_wrote_stand_beside_ones_own(
    office: Office, ana: Browser
) -> None:
    both_began = ana.began(LIST + "1/edit")
    ana.saved(LIST + "1/edit", DRAFT | LINES | both_began)
    answer = ana.post(
        LIST + "1/edit", DRAFT | {"lines-0-what": "Paint", "lines-0-amount": "9"} | both_began
    )
    text = Page(answer.text).text
    assert "You changed this meanwhile in another window: Lines of the estimate" in text, text
    assert "What you typed Paint: €9" in text
    assert 'value="Paint"' in answer.text


def test_a_draft_is_submitted_from_its_page_when_it_says_enough(
    office: Office, ana: Browser
) -> None:
    ana.saved(LIST + "new", {"title": "Bare", "district": "national", "save": "1"})
    assert "Submit the proposal" not in ana.text(LIST + "2")
    assert ana.post(LIST + "2/submit").status_code == 409
    assert office.browser("eva").post(LIST + "1/submit").status_code == 404
    ana.saved(LIST + "1/submit")
    assert "It rains in." in office.stranger().text(LIST + "1")
