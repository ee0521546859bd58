"""The three rules against pabutools with exact fractions, on random elections with many ties."""

import pytest
from hypothesis import given, settings

from tallying.election import BallotStyle, Election
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.oracle import Oracle
from tests.tallying.strategies import Case, cases

thoroughly = settings(max_examples=150, deadline=None)


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


def test_a_point_that_changes_a_price_beyond_float_precision_decides() -> None:
    """Two prices that differ by less than a float can say: the exact one is lower."""
    huge = 2**50
    election = Election.from_json(
        {
            "projects": [
                {"id": "a", "name": "", "cost": huge + 1},
                {"id": "b", "name": "", "cost": huge},
            ],
            "budget": huge + 1,
            "style": "points",
            "limits": {},
            "currency": "",
            "minor_digits": 0,
        }
    )
    profile = Profile.from_counts(election, [([["a", huge + 1], ["b", huge]], 1)])
    config = RuleConfig("equal-shares", ties=("lots",))
    outcome = count(election, profile, config, lots=["b", "a"])
    assert outcome.funded == ("b",)
    assert outcome.selection.ties[0].projects == ("b", "a")
    other = Profile.from_counts(election, [([["a", huge + 2], ["b", huge]], 1)])
    outcome = count(election, other, config, lots=["b", "a"])
    assert outcome.funded == ("a",)
    assert not outcome.selection.ties
