"""The three rules against pabutools with exact fractions, on random elections with many ties."""

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings

from tallying.election import BallotStyle, Election
from tallying.outcome import Outcome
from tallying.rules import RuleConfig, count
from tallying.rules.ledger import Ledger
from tallying.rules.purses import Purses
from tallying.utilities import Support
from tests.tallying.factories import counted as counted_votes
from tests.tallying.factories import election
from tests.tallying.oracle import Oracle
from tests.tallying.strategies import Case, cases

thoroughly = settings(max_examples=100, deadline=None)


def counted(case: Case, rule: str, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": rule, "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


@given(cases())
@thoroughly
def test_greedy_by_votes_funds_what_the_oracle_funds(case: Case) -> None:
    assert set(counted(case, "greedy").funded) == Oracle(case.profile, case.lots).greedy()


@given(cases())
@thoroughly
def test_greedy_per_cost_funds_what_the_oracle_funds(case: Case) -> None:
    outcome = counted(case, "greedy", parameters={"order": "score_per_cost"})
    assert set(outcome.funded) == Oracle(case.profile, case.lots).greedy(per_cost=True)


@given(cases(BallotStyle.POINTS))
@thoroughly
def test_greedy_by_points_funds_what_the_oracle_funds(case: Case) -> None:
    assert set(counted(case, "greedy").funded) == Oracle(case.profile, case.lots).greedy()


@given(cases(BallotStyle.RANKED))
@thoroughly
def test_borda_funds_what_the_oracle_funds_with_our_scores(case: Case) -> None:
    assert set(counted(case, "borda").funded) == Oracle(case.profile, case.lots).greedy()


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@given(case=cases())
@thoroughly
def test_equal_shares_funds_what_the_oracle_funds(case: Case, utility: str) -> None:
    outcome = counted(case, "equal-shares", utility=utility)
    assert set(outcome.funded) == Oracle(case.profile, case.lots).equal_shares(utility)


@pytest.mark.parametrize("style", [BallotStyle.POINTS, BallotStyle.RANKED])
def test_equal_shares_by_grades_and_ranks_funds_what_the_oracle_funds(style: BallotStyle) -> None:
    @given(cases(style))
    @thoroughly
    def check(case: Case) -> None:
        outcome = counted(case, "equal-shares")
        assert set(outcome.funded) == Oracle(case.profile, case.lots).equal_shares("points")

    check()


@given(cases(BallotStyle.SCORE))
@thoroughly
def test_equal_shares_by_scores_funds_what_the_oracle_funds(case: Case) -> None:
    outcome = counted(case, "equal-shares")
    assert set(outcome.funded) == Oracle(case.profile, case.lots).equal_shares("points")


@pytest.mark.parametrize("exhaustive", [True, False])
@given(case=cases())
@settings(max_examples=60, deadline=None)
def test_add1_funds_what_the_oracle_funds(case: Case, exhaustive: bool) -> None:
    outcome = counted(
        case, "equal-shares", completion="add1", parameters={"exhaustive": exhaustive}
    )
    expected = Oracle(case.profile, case.lots).equal_shares_add1("cost", 1, exhaustive)
    assert set(outcome.funded) == expected


@pytest.mark.parametrize("order", ["score", "score_per_cost"])
@given(case=cases(least_cost=0))
@settings(max_examples=60, deadline=None)
def test_what_costs_nothing_is_funded_whenever_anybody_supports_it(case: Case, order: str) -> None:
    free = {p.id for p in case.election.projects if p.cost == 0}
    supported = {name for choices, _ in case.profile.pairs() for name in choices}
    for rule, parameters in (("greedy", {"order": order}), ("equal-shares", {})):
        funded = set(counted(case, rule, parameters=parameters).funded)
        assert funded >= free & supported
        assert not funded - supported


@pytest.mark.parametrize("first", ["a", "b"])
def test_prices_that_differ_by_less_than_a_float_can_say_are_told_apart(first: str) -> None:
    huge = 2**50
    costs = {"a": huge + 1, "b": huge} if first == "a" else {"b": huge, "a": huge + 1}
    close = election(costs, huge + 1, BallotStyle.POINTS)
    level = close_votes(close, huge + 1)
    assert level.funded == ("b",)
    assert level.selection.ties[0].projects == ("b", "a")
    better = close_votes(close, huge + 2)
    assert better.funded == ("a",)
    assert not better.selection.ties


def close_votes(close: Election, points_of_a: int) -> Outcome:
    """One voter, for whom "b" costs exactly 1 a point."""
    choices = [["a", points_of_a], ["b", 2**50]]
    return counted_votes(close, [(choices, 1)], "equal-shares", lots=["b", "a"])


def test_a_voter_who_is_short_by_less_than_a_float_can_say_pays_all_and_no_more() -> None:
    """Two voters hold 2⁵⁰ each, and the project costs all of it: the price per point is 1, at
    which the voter of 2⁵⁰ + 1 points is short by a single unit."""
    units = np.array([2**50 + 1, 2**50], dtype=np.int64)
    support = Support(np.array([0, 1]), units, scale=1, votes=2, score=2**51 + 1)
    purses = Purses(Ledger((support,), np.array([1, 1])), Fraction(2**50))
    bound = purses.bound(0, 2**51, 0.0, inf)
    assert bound is not None
    price = purses.price(0, 2**51, bound)
    assert price.per_unit == 1
    assert price.short.sum() == 1


def test_a_project_whose_price_is_only_looked_at_later_is_still_bought_first() -> None:
    """The bound of "b" is the looser one, since 100 voters of different points support it, so it
    is looked at first; "a" is cheaper by less than that bound can say."""
    huge = 2**46
    many = [([["b", points]], 1) for points in range(1, 101)]
    costs = {"a": huge + 1, "b": sum(range(1, 101))}
    close = election(costs, 101 * (huge + 1), BallotStyle.POINTS)
    votes = [([["a", huge + 2]], 1), *many]
    outcome = counted_votes(close, votes, "equal-shares", lots=["b", "a"])
    assert outcome.funded == ("a", "b")
    assert outcome.selection.rounds[1]["rho"] == "1/1"
