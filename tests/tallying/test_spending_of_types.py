"""What each kind of voter paid, worked out by hand, and that it always adds up to the costs."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.analysis.spending_of_types import spending_of_types
from tallying.codes import Code
from tallying.errors import UnresolvedTie
from tallying.rules import RULES, RuleConfig, count
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.strategies import Case, cases

COSTS = {"a": 60, "b": 90, "c": 100}
BALLOTS: Ballots = [(["a", "b"], 10), (["b", "c"], 10), (["c"], 5)]
PAYING = [
    (rule, str(completion))
    for rule in ("equal-shares", "exact-equal-shares", "phragmen")
    for completion in RULES[rule].completions
]


def test_under_equal_shares_whoever_cannot_pay_the_price_pays_all_they_have() -> None:
    """10 each. b: 20 pay 9/2. c: its 10 poorer supporters have 11/2, so the others pay 9."""
    outcome = counted(election(COSTS, 250), BALLOTS, "equal-shares", utility="cardinality")
    found = spending_of_types(outcome, least=1)
    assert found is not None
    assert found.share == 10
    assert [(kind.ballot, kind.voters, kind.paid, kind.left) for kind in found.types] == [
        (("a", "b"), 10, (("b", Fraction(9, 2)),), Fraction(11, 2)),
        (("b", "c"), 10, (("b", Fraction(9, 2)), ("c", Fraction(11, 2))), 0),
        (("c",), 5, (("c", Fraction(9)),), 1),
    ]


def test_under_exact_equal_shares_whoever_has_less_than_a_part_pays_nothing() -> None:
    """10 each. c: 15 pay 10/3. b: those with 20/3 cannot pay 280/40, so 30 pay 28/3."""
    ballots: Ballots = [(["a", "b"], 30), (["b", "c"], 10), (["c"], 5)]
    outcome = counted(
        election({"a": 400, "b": 280, "c": 50}, 450),
        ballots,
        "exact-equal-shares",
        utility="cardinality",
    )
    found = spending_of_types(outcome)
    assert found is not None
    assert [(kind.paid, kind.left) for kind in found.types] == [
        ((("b", Fraction(28, 3)),), Fraction(2, 3)),
        ((("c", Fraction(10, 3)),), Fraction(20, 3)),
    ]


def test_under_phragmens_rule_supporters_pay_what_they_earned_since_they_last_paid() -> None:
    """b at 9/2; then c at (100 + 45)/15 = 29/3 and a at (60 + 45)/10 = 21/2."""
    found = spending_of_types(counted(election(COSTS, 250), BALLOTS, "phragmen"), least=1)
    assert found is not None
    assert found.share == Fraction(21, 2)
    assert [(kind.paid, kind.left) for kind in found.types] == [
        ((("b", Fraction(9, 2)), ("a", Fraction(6))), 0),
        ((("b", Fraction(9, 2)), ("c", Fraction(31, 6))), Fraction(5, 6)),
        ((("c", Fraction(29, 3)),), Fraction(5, 6)),
    ]


def test_kinds_that_few_voters_cast_are_not_shown() -> None:
    found = spending_of_types(counted(election(COSTS, 250), BALLOTS, "equal-shares"))
    assert found is not None
    assert [kind.voters for kind in found.types] == [10, 10]
    assert "c" not in [kind["ballot"] for kind in found.to_json()["types"]]


def test_of_many_kinds_the_most_frequent_are_shown_whatever_their_order() -> None:
    ballots: Ballots = [(["c"], 10), (["a"], 10), (["b"], 10), (["a", "b"], 11)]
    for given_order in (ballots, ballots[::-1]):
        found = spending_of_types(
            counted(election(COSTS, 250), given_order, "equal-shares"), most=2
        )
        assert found is not None
        assert [kind.ballot for kind in found.types] == [("a", "b"), ("a",)]


def test_nothing_is_said_where_nobody_pays_out_of_a_share() -> None:
    assert spending_of_types(counted(election(COSTS, 250), BALLOTS)) is None
    greedy_wins = counted(
        election({"a": 100, "b": 60}, 100),
        [(["a"], 59), (["b"], 41)],
        "equal-shares",
        parameters={"compare": True},
    )
    assert greedy_wins.selection.completion["compare"]["chosen"] == "greedy"
    assert spending_of_types(greedy_wins) is None


@pytest.mark.parametrize(("rule", "completion"), PAYING)
@settings(max_examples=25, deadline=None)
@given(case=cases(), integral=st.booleans())
def test_payments_add_up_to_the_costs_and_nobody_pays_more_than_they_have(
    rule: str, completion: str, case: Case, integral: bool
) -> None:
    given_ = {"integral": integral} if completion.startswith("add") else {}
    config = RuleConfig(rule, given_, completion=completion, ties=("lots",))
    try:
        outcome = count(case.election, case.profile, config, lots=case.lots)
    except UnresolvedTie:
        return
    found = spending_of_types(outcome, least=1, most=10**6)
    assert found is not None
    assert sum(kind.voters for kind in found.types) == case.profile.total
    paid = dict.fromkeys(case.election.index, Fraction(0))
    for kind in found.types:
        assert kind.left >= 0
        assert kind.left + sum(amount for _, amount in kind.paid) == found.share
        for project, amount in kind.paid:
            assert project in kind.ballot
            paid[project] += kind.voters * amount
    for project in case.election.projects:
        bought = outcome.selection.verdicts[project.id].code == Code.FUNDED
        assert paid[project.id] == (project.cost if bought else 0)
