"""Every code of the count has its words, in every language."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g

from budget_app.parliaments.models import LANGUAGES, Parliament
from budget_app.results.reasons import Wording, criterion, margin, reason
from tallying.codes import Code
from tallying.explanation import Explanation
from tallying.ties import Criterion

NAMES = {"bus": "Library bus", "roof": "New roof"}
ALWAYS = {"cost": 410_000_00, "votes": 90, "score": 90, "budget": 1_000_000_00, "unspent": 0}
SPOKEN: dict[Code, tuple[dict[str, Any], str]] = {
    Code.FUNDED: (
        {"step": 2, "left": 96_000_00},
        "It came up at step 2 with 90 votes; afterwards €96,000 was left.",
    ),
    Code.FUNDED_BY_COMPLETION: (
        {"step": 2, "left": 5_00, "completion": "greedy"},
        "It was funded with money left over by the shares, with 90 votes; afterwards €5 was left.",
    ),
    Code.FUNDED_IN_PART: (
        {"step": 2, "left": 0, "amount": 100_000_00},
        "It costs €410,000 and gets €100,000: the money ended here.",
    ),
    Code.TOO_EXPENSIVE: (
        {"step": 3, "left": 96_000_00},
        "When it came up, €96,000 was left and it costs €410,000.",
    ),
    Code.COUNT_ENDED: (
        {"ended_by": "roof"},
        "The count ended before its turn, at “New roof”, which no longer fitted.",
    ),
    Code.BELOW_MINIMUM: ({"minimum": 100}, "It got 90 votes; the rules ask for at least 100."),
    Code.NO_SUPPORT: ({}, "Nobody chose it."),
    Code.EXCLUDED_BY_GROUP: (
        {"group": "east", "with": "roof"},
        "Only one project of its group could be funded, and that is “New roof”.",
    ),
    Code.OVER_DISTRICT_BUDGET: (
        {"step": 3, "district": "east", "district_left": 90_000_00},
        "When it came up, €90,000 was left of the money of its district, and it costs €410,000.",
    ),
    Code.OVER_CATEGORY_CAP: (
        {"step": 3, "category": "Roads", "category_left": 90_000_00},
        "When it came up, €90,000 could still be spent on “Roads”, and it costs €410,000.",
    ),
    Code.LOST_TIE: (
        {"step": 2, "left": 96_000_00, "to": ["roof"], "by": ["lower_cost", "lots"]},
        "It came level with “New roof”, which the tie order put first (the lower cost, lots drawn in public before the vote). Then €96,000 was left and it costs €410,000.",
    ),
    Code.SUPPORTERS_SHORT: (
        {"held": 396_123_45, "used": [["roof", 1]]},
        "€13,877 was missing: at the end its supporters' shares held €396,123 together and it costs €410,000.",
    ),
}


@pytest.fixture
def spoken(wordy_app: Flask) -> Iterator[Wording]:
    """A page of a parliament that counts in euros."""
    with wordy_app.test_request_context("/en/"):
        g.parliament = Parliament(currency="EUR", minor_digits=2, languages=["en"])
        yield Wording(NAMES, "approval")


def explained(code: Code, **values: Any) -> Explanation:
    return Explanation("bus", "not_funded", code, {**ALWAYS, **values})


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_reason_in_plain_words(spoken: Wording, code: Code) -> None:
    values, sentence = SPOKEN[code]
    assert reason(explained(code, **values), spoken) == sentence


def test_who_pays_with_equal_shares(spoken: Wording) -> None:
    values = {"step": 1, "left": 0, "full": 80, "full_pays": "512500.1", "short": 10}
    assert reason(explained(Code.FUNDED, **values), spoken) == (
        "90 supporters paid for it together out of their equal shares, at step 1."
        " Nobody paid more than €5,125.01."
    )


def test_a_project_above_the_whole_budget_is_told_so(spoken: Wording) -> None:
    said = reason(explained(Code.TOO_EXPENSIVE, left=0, step=1, cost=2_000_000_00), spoken)
    assert said == "It costs €2,000,000, more than the whole budget of €1,000,000."


def test_ballots_that_give_points_are_told_in_points(spoken: Wording) -> None:
    said = reason(explained(Code.BELOW_MINIMUM, minimum=100), Wording(NAMES, "score"))
    assert said == "It got 90 points; the rules ask for at least 100."


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"more": 412, "unit": "votes", "exact": True}, "It needed 412 more votes."),
        ({"more": 1, "unit": "votes", "exact": True}, "It needed 1 more vote."),
        ({"more": 3, "unit": "points", "exact": True}, "It needed 3 more points."),
        (
            {"more": 412, "unit": "votes", "exact": False},
            "If 412 more people had voted for it alone, it would surely have been funded; perhaps fewer would have been enough.",
        ),
        (
            {"more": 1, "unit": "votes", "exact": False},
            "If 1 more person had voted for it alone, it would surely have been funded.",
        ),
        (
            {"more": 3, "unit": "points", "exact": False},
            "With 3 more points it would surely have been funded, perhaps with fewer.",
        ),
        (
            {"more": None, "unit": "votes", "exact": True},
            "No number of further votes would have been enough.",
        ),
        ({}, ""),
    ],
)
def test_how_far_a_project_was_from_being_funded(
    spoken: Wording, values: dict[str, Any], sentence: str
) -> None:
    missed = explained(Code.TOO_EXPENSIVE, left=0, step=1, **values)
    assert margin(missed, spoken, others=412) == sentence


def test_a_bound_above_the_people_who_could_have_chosen_it_is_left_out(spoken: Wording) -> None:
    missed = explained(Code.SUPPORTERS_SHORT, more=412, unit="votes", exact=False)
    assert margin(missed, spoken, others=411) == ""
    known = explained(Code.TOO_EXPENSIVE, more=412, unit="votes", exact=True)
    assert margin(known, spoken, others=411) == "It needed 412 more votes."


@pytest.mark.parametrize("name", Criterion)
def test_every_criterion_of_a_tie_order_has_words(spoken: Wording, name: Criterion) -> None:
    assert criterion(name.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", Code)
def test_every_reason_can_be_said_in_every_language(
    wordy_app: Flask, code: Code, language: str
) -> None:
    with wordy_app.test_request_context(f"/{language}/"):
        g.parliament = Parliament(currency="EUR", minor_digits=2, languages=[language])
        said = reason(explained(code, **SPOKEN[code][0]), Wording(NAMES, "approval"))
    assert said
    assert "%(" not in said
