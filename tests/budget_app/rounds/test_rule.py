"""The ballot, the rule and the lots of a round: asked in order, and nothing taken that cannot be counted."""

import hashlib

import pytest

from budget_app.rounds import manifests, rules
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.steps import gaps
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.filled_forms import rule_with_defaults
from tests.budget_app.rounds.office import DICE, ROUND, SETUP, Office

pytestmark = pytest.mark.one_store


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ties_2": "lower_cost"}, "must end in lots or in a seed"),
        ({"ties_1": "lots"}, "names the same thing twice"),
        ({"parameter_magic": "7"}, "no parameter named “magic”"),
        ({"parameter_min_score": "-1"}, "Choose a whole number from 0 to"),
        ({"utility": "happiness"}, "Not a valid choice"),
    ],
)
def test_a_rule_that_the_count_does_not_know_is_refused(
    office: Office, change: dict[str, str], told: str
) -> None:
    office.announce()
    answer = office.browser("ada").post(SETUP + "/rule", rule_with_defaults(office) | change)
    assert answer.status_code == 422
    assert told in Page(answer.text).text
    with office.work():
        assert office.round_().rule["ties"] == ["lots"]


def test_an_unknown_parameter_is_refused_by_name(office: Office) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        wrong = {**round_.rule, "parameters": {**round_.rule["parameters"], "magic": 7}}
        with pytest.raises(InvalidField, match="magic"):
            rules.set_rule(round_, wrong, by=None)


def test_another_style_needs_a_rule_that_takes_it(office: Office) -> None:
    office.announce()
    office.browser("ada").saved(SETUP + "/rule", {"rule": "equal-shares"})
    office.browser("ada").saved(SETUP + "/ballot", {"style": "ranked"})
    with office.work():
        styles = manifests.styles_of("equal-shares")
        codes = {gap.code for gap in gaps(office.round_())}
        assert ("rule_does_not_take_style" in codes) == ("ranked" not in styles)


def test_a_style_chosen_beside_the_limits_is_not_lost(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    answer = ada.post(SETUP + "/ballot", {"style": "ranked", "max_length": "3"})
    assert answer.location.endswith(SETUP + "/ballot")
    with office.work():
        assert office.round_().style == "ranked"
    assert ada.post(SETUP + "/ballot", {"style": "magic"}).status_code == 422


def test_a_rule_chosen_beside_the_parameters_is_not_lost(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    answer = ada.post(SETUP + "/rule", rule_with_defaults(office) | {"rule": "equal-shares"})
    assert answer.location.endswith(SETUP + "/rule#parameters")
    with office.work():
        assert office.round_().rule["rule"] == "equal-shares"
    assert ada.post(SETUP + "/rule", {"rule": "magic"}).status_code == 422


def test_a_worth_that_the_ballots_do_not_say_is_neither_offered_nor_kept(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    asked = {**rule_with_defaults(office), "utility": "points"}
    assert 'value="points"' not in ada.get(SETUP + "/rule").text
    assert ada.post(SETUP + "/rule", asked).status_code == 422
    with office.work(), pytest.raises(InvalidField, match="do not say this"):
        rules.set_rule(office.round_(), {**office.round_().rule, "utility": "points"}, by=None)


def test_another_style_asks_again_what_a_result_is_worth(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/ballot", {"style": "points"})
    ada.saved(SETUP + "/ballot", {"max_points": "10"})
    ada.saved(SETUP + "/rule", {**rule_with_defaults(office), "utility": "points"})
    ada.saved(SETUP + "/ballot", {"style": "approval"})
    with office.work():
        assert "utility_does_not_take_style" in {gap.code for gap in gaps(office.round_())}
    assert "do not say what a result is worth" in Page(ada.get(SETUP + "/rule").text).text


def test_points_need_their_number_of_points(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/ballot", {"style": "points"})
    assert ada.post(SETUP + "/ballot", {"max_points": ""}).status_code == 422
    ada.saved(SETUP + "/ballot", {"max_points": "10"})


def test_a_most_below_the_fewest_is_refused(office: Office) -> None:
    office.announce()
    answer = office.browser("ada").post(SETUP + "/ballot", {"min_length": "4", "max_length": "2"})
    assert answer.status_code == 422
    assert "cannot be less than the fewest" in answer.text


@pytest.mark.both_stores
def test_lots_are_drawn_once_and_anybody_can_repeat_the_order(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    for name in ("Roof", "Bus", "Pool"):
        ada.saved(SETUP + "/projects/new", {"name_en": name, "district": "national", "cost": "10"})
    assert (
        ada.post(
            SETUP + "/lots", {"dice": "12", "record": "In the hall.", "understood": "y"}
        ).status_code
        == 422
    )
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    digits = DICE.replace(" ", "").encode()
    order = sorted(
        ("p001", "p002", "p003"),
        key=lambda key: hashlib.sha256(digits + b"\x1f" + key.encode()).digest(),
    )
    again = ada.post(
        SETUP + "/lots", {"dice": DICE[::-1], "record": "Once more, there.", "understood": "y"}
    )
    assert again.status_code == 409
    with office.work():
        assert manifests.lots_order(office.round_()) == order
    assert "lot 1" in office.stranger().text(ROUND + "projects")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"dice": "7890 1234 5612 3456 1234"}, "A die shows one to six"),
        ({"record": "x"}, "Write it out: the place, the day, and who saw it."),
        ({"understood": ""}, "Compare the dice, and say that you know it."),
    ],
)
def test_a_draw_of_lots_is_confirmed_and_says_what_was_thrown_and_where(
    office: Office, changed: dict[str, str], sentence: str
) -> None:
    office.fill(ties=("seed",))
    with office.work():
        rules.set_rule(office.round_(), {**office.round_().rule, "ties": ["lots"]}, by=None)
    ada = office.browser("ada")
    assert "The draw is never repeated" in ada.text(SETUP + "/lots")
    draw = {"dice": DICE, "record": "In the hall.", "understood": "y"} | changed
    answer = ada.post(SETUP + "/lots", {name: value for name, value in draw.items() if value})
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
