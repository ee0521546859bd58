"""Every code of the count has its sentence, the same meaning in every language."""

from typing import Any

import pytest

from tallying.codes import Code
from tallying.errors import (
    FloorsNotKept,
    NoSelection,
    NotProved,
    TallyingError,
    UnresolvedTie,
    WrongBallots,
)
from tallying.explanation import Explanation, explain
from tallying.presets.preset import Note, NoteCode
from tallying.rules import RULES
from tallying.ties import Criterion
from tallying.wording import (
    LANGUAGES,
    PlainFormatter,
    beginning,
    criterion,
    margin,
    note,
    reason,
    refusal,
    tie,
    turns,
)
from tests.tallying.factories import counted, election
from tests.tallying.sentences import ALWAYS, SPOKEN, explained, spoken, wording


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_reason_in_plain_words(code: Code) -> None:
    values, sentence = SPOKEN[code]
    assert spoken(reason(explained(code, **values), wording())) == sentence


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
@pytest.mark.parametrize("code", Code)
def test_every_reason_has_its_own_sentence_in_every_language(code: Code, language: str) -> None:
    said = explained(code, **SPOKEN[code][0])
    translated = reason(said, wording(language))
    assert "%(" not in translated
    assert translated != reason(said, wording("en"))


def test_who_pays_with_equal_shares() -> None:
    values = {"step": 1, "left": 0, "full": 80, "full_pays": "512500.1", "short": 10}
    assert spoken(reason(explained(Code.FUNDED, **values), wording())) == (
        "90 supporters paid for it together out of their equal shares, at step 1."
        " Nobody paid more than 5,125.01 EUR."
    )


def test_who_pays_in_equal_parts() -> None:
    values = {"step": 1, "left": 0, "payers": 90, "pays": "1000001/3"}
    assert spoken(reason(explained(Code.FUNDED, **values), wording())) == (
        "90 supporters paid for it in equal parts of 3,333.34 EUR out of their equal shares, at step 1."
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "The selection of the greatest total, 1,200, does without it."),
        ({"with_it": None}, "No selection that keeps all limits can hold it."),
        (
            {"with_it": 1200, "by": ["lots"]},
            "A selection with it reaches the greatest total, 1,200, too; the tie order chose another one (lots drawn in public before the vote).",
        ),
    ],
)
def test_what_the_best_selection_gives_up_is_told_as_far_as_it_is_known(
    values: dict[str, Any], sentence: str
) -> None:
    assert reason(explained(Code.NOT_IN_OPTIMUM, optimum=1200, **values), wording()) == sentence


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("supported", "It came up at step 2 with 90 votes"),
        ("transferred", "This one was nearest, and its supporters gave it what was missing"),
        ("accepted", "this one still fitted into the money"),
    ],
)
def test_where_support_moves_it_is_told_how_a_project_got_enough(how: str, words: str) -> None:
    assert words in reason(explained(Code.FUNDED, step=2, left=5_00, how=how), wording())


def test_points_are_left_out_where_the_rule_does_not_look_at_them() -> None:
    said = explained(Code.FUNDED, step=2, left=5_00, by_score=False)
    assert spoken(reason(said, wording(style="ranked"))) == (
        "It came up at step 2; afterwards 5 EUR was left."
    )


@pytest.mark.parametrize(("unique", "words"), [(True, "one reaches"), (False, "several reach")])
def test_the_best_total_is_told_with_whether_another_selection_reaches_it(
    unique: bool, words: str
) -> None:
    outcome = counted(election({"bus": 6}, 10), [(["bus"], 2)]).to_json()
    best = {"project": None, "optimum": 2, "unique": unique}
    first, _bus = turns({**outcome, "rounds": [best, *outcome["rounds"]]}, wording())
    assert f"Of all selections that fit, {words} the greatest total: 2." in first.sentence


def test_a_total_of_what_projects_cost_is_told_as_money() -> None:
    """Utility cost: the roof is worth 60 · 100 to its two voters, the bus 100 · 100 to its one."""
    outcome = counted(
        election({"roof": 60_00, "bus": 100_00}, 100_00),
        [(["roof"], 2), (["bus"], 1)],
        "knapsack",
        utility="cost",
    ).to_json()
    assert outcome["funded"] == ["roof"]
    said = reason(explain(outcome, "bus"), wording())
    assert spoken(said) == (
        "The selection of the greatest total does without it: "
        "it reaches 120 EUR, and none with this project more than 100 EUR."
    )
    assert "the greatest total: 120 EUR." in spoken(turns(outcome, wording())[0].sentence)


def test_a_project_above_the_whole_budget_is_told_so() -> None:
    said = reason(explained(Code.TOO_EXPENSIVE, left=0, step=1, cost=2_000_000_00), wording())
    assert spoken(said) == "It costs 2,000,000 EUR, more than the whole budget of 1,000,000 EUR."


def test_ballots_that_give_points_are_told_in_points() -> None:
    said = reason(explained(Code.BELOW_MINIMUM, minimum=100), wording(style="score"))
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
def test_how_far_a_project_was_from_being_funded(values: dict[str, Any], sentence: str) -> None:
    missed = explained(Code.TOO_EXPENSIVE, left=0, step=1, **values)
    assert margin(missed, wording(), others=412) == sentence


def test_a_bound_above_the_people_who_could_have_chosen_it_is_left_out() -> None:
    missed = explained(Code.SUPPORTERS_SHORT, more=412, unit="votes", exact=False)
    assert margin(missed, wording(), others=411) == ""
    known = explained(Code.TOO_EXPENSIVE, more=412, unit="votes", exact=True)
    assert margin(known, wording(), others=411) == "It needed 412 more votes."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", Criterion)
def test_every_criterion_of_a_tie_order_has_words(name: Criterion, language: str) -> None:
    words = criterion(name.value, wording(language))
    assert words
    assert language == "en" or words != criterion(name.value, wording())


@pytest.mark.parametrize(
    ("met", "words"),
    [
        ({"decided_by": ["lots"], "matters": False}, "were put in this order by lots drawn"),
        ({"decided_by": [], "matters": False}, "their order changes nothing"),
        ({"decided_by": ["more_votes"], "matters": True}, "another order could change the result"),
    ],
)
def test_a_tie_says_how_it_was_decided_and_whether_it_was(met: dict[str, Any], words: str) -> None:
    said = tie({"projects": ["bus", "roof"], **met}, wording())
    assert said.startswith("“Library bus”, “New roof” came level")
    assert words in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_how_its_count_begins(rule: str, language: str) -> None:
    outcome = counted(election({"a": 1}, 1), [(["a"], 1)]).to_json()
    outcome["rule"]["rule"] = rule
    assert beginning(outcome, wording(language))


def test_steps_that_touch_no_project_or_settle_nothing_are_told_too() -> None:
    outcome = counted(election({"bus": 6, "roof": 6}, 10), [(["bus"], 2), (["roof"], 1)]).to_json()
    first, second = outcome["rounds"]
    looked = {"project": "roof", "left": 10}
    between = {"project": None}
    surplus = {"project": None, "source": "bus", "left": 4}
    told = turns({**outcome, "rounds": [looked, between, first, surplus, second]}, wording())
    assert [spoken(turn.sentence) for turn in told] == [
        "Nothing is settled about it yet: step 5 decides.",
        "No single project is decided at this step.",
        "It came up at step 1 with 2 votes; afterwards 0.04 EUR was left.",
        "The votes that “Library bus” has beyond what it needs go on to the next choices on these ballots.",
        "When it came up, 0.04 EUR was left and it costs 0.06 EUR.",
    ]
    assert [(turn.before, turn.now) for turn in told] == [(0, 0), (0, 0), (0, 6), (6, 0), (6, 0)]


REFUSALS = (
    (WrongBallots("borda", "approval"), "The rule borda cannot count approval ballots."),
    (FloorsNotKept("stv"), "The rule stv cannot promise the floors of categories."),
    (
        UnresolvedTie(["a", "b"], 3),
        "The tie order leaves open which of these projects comes first at step 3: a, b.",
    ),
    (NoSelection(), "No selection of supported projects keeps to every limit."),
    (NotProved("too many"), "No selection could be proved to be the best one."),
)


@pytest.mark.parametrize(("error", "sentence"), REFUSALS)
def test_a_rule_that_cannot_count_says_why_in_every_language(
    error: TallyingError, sentence: str
) -> None:
    said = [refusal(error, wording(language)) for language in LANGUAGES]
    assert said[0] == sentence
    assert len(set(said)) == len(LANGUAGES)


@pytest.mark.parametrize("code", NoteCode)
def test_what_a_preset_did_is_said_in_every_language(code: NoteCode) -> None:
    said = {note(Note(code, ("a", "b"), 7), wording(language)) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert all("a, b" in sentence or "7" in sentence for sentence in said)


def test_a_preset_that_leaves_nothing_out_says_so() -> None:
    assert note(Note(NoteCode.TOO_FEW_VOTES), wording()).endswith("asks for: none.")


@pytest.mark.parametrize(
    ("language", "number", "money"),
    [
        ("en", "61,668", "1,234.50 EUR"),
        ("es", "61.668", "1.234,50 EUR"),
        ("fr", "61\N{NARROW NO-BREAK SPACE}668", "1\N{NARROW NO-BREAK SPACE}234,50 EUR"),
        ("pt", "61.668", "1.234,50 EUR"),
    ],
)
def test_figures_are_written_as_each_language_does(language: str, number: str, money: str) -> None:
    formatter = PlainFormatter(language, "EUR")
    assert formatter.number(61_668) == number
    assert spoken(formatter.money(1_234_50)) == money


def test_amounts_of_a_file_without_a_currency_or_decimals_are_plain_numbers() -> None:
    assert PlainFormatter("en", "", 0).money(12_000) == "12,000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_tie_that_no_criterion_decided_names_none(language: str) -> None:
    values = {**ALWAYS, "left": 0, "step": 2, "to": ["bus"], "by": []}
    told = reason(Explanation("roof", "not_funded", Code.LOST_TIE, values), wording(language))
    assert "()" not in told
    assert told.count("(") == 0
