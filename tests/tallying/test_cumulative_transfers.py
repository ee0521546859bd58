"""Cumulative votes with transfers: hand-made counts, plain fractions, bad input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle, Election, Project
from tallying.errors import UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.gifts import Gifts
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.reference.cumulative_transfers import Count
from tests.tallying.strategies import Case, cases, grouped

RULE = "cumulative-transfers"
VARIANTS = ["mtc", "ewtc"]


def points(
    costs: dict[str, int],
    budget: int,
    ballots: Ballots,
    variant: str = "mtc",
    lots: list[str] | None = None,
) -> Outcome:
    the_election = election(costs, budget, BallotStyle.POINTS)
    return counted(the_election, ballots, RULE, lots, parameters={"variant": variant})


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [
        (r["project"], r["support"], r.get("how", "dropped"))
        for r in outcome.selection.rounds
        if "support" in r
    ]


def test_a_tie_that_changes_nothing_needs_no_order() -> None:
    free = election({"a": 0, "b": 0}, 4, BallotStyle.POINTS)
    together = election({"a": 2, "b": 2}, 4, BallotStyle.POINTS)
    for the_election, blank in ((free, 0), (together, 4)):
        votes = [([["a", 1]], 1), ([["b", 1]], 1), *([([], blank)] if blank else [])]
        profile = Profile.from_counts(the_election, votes)
        outcome = count(the_election, profile, RuleConfig(RULE))
        assert set(outcome.funded) == {"a", "b"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_a_project_does_not_need_moves_on(variant: str) -> None:
    # Each of ten voters has 10. "a" gets 60 and needs 30, so half of it returns to its givers,
    # whose other gifts are all to "b": 20 + 30.
    votes = [([["a", 3], ["b", 1]], 8), ([["c", 1]], 2)]
    outcome = points({"a": 30, "b": 50, "c": 40}, 100, votes, variant)
    assert told(outcome)[:2] == [("a", "60", "supported"), ("b", "50", "supported")]
    assert outcome.funded == ("a", "b")
    assert outcome.selection.verdicts["c"].code == "too_expensive_when_reached"


def test_gifts_rise_by_one_factor_up_to_what_a_giver_holds() -> None:
    # Two voters with 10 each: "a" gets 8 + 2 and costs 15. The first can only give 10, so the
    # second gives 5, and has 5 left for "b", which is all that is left of the budget.
    votes = [([["a", 4], ["c", 1]], 1), ([["a", 1], ["b", 4]], 1)]
    outcome = points({"a": 15, "b": 13, "c": 9}, 20, votes)
    assert told(outcome) == [("a", "10", "transferred")]
    gifts = Gifts(outcome.contest, range(3))
    gifts.raise_and_pay(0, 15)
    assert [gifts.about(1), gifts.about(2)] == [5.0, 0.0]


def test_the_weakest_leaves_and_its_gifts_move_on() -> None:
    votes = [([["a", 6], ["b", 4]], 1), ([["b", 4], ["c", 6]], 1)]
    outcome = points({"a": 12, "b": 12, "c": 12}, 20, votes, "ewtc", lots=["a", "b", "c"])
    assert told(outcome) == [
        ("c", "6", "dropped"),
        ("b", "14", "supported"),
        ("a", "6.571428571", "dropped"),
    ]


def test_at_the_end_the_dropped_come_back_in_reverse() -> None:
    votes = [([["a", 1]], 1), ([["b", 1]], 2), ([["c", 1]], 3), ([], 6)]
    outcome = points({"a": 50, "b": 50, "c": 50}, 100, votes, "ewtc")
    assert [name for name, *_ in told(outcome)] == ["a", "b", "c", "c", "b"]
    assert outcome.funded == ("c", "b")


def test_a_blank_ballot_keeps_its_share() -> None:
    outcome = points({"a": 6, "b": 5}, 10, [([["a", 1], ["b", 1]], 1), ([], 1)])
    assert told(outcome) == [("b", "2.5", "transferred")]
    assert told(points({"a": 6}, 10, [([["a", 1]], 1), ([], 1)])) == [("a", "5", "accepted")]


def test_what_costs_nothing_comes_first_and_takes_nothing() -> None:
    outcome = points({"a": 0, "b": 10}, 10, [([["a", 9], ["b", 1]], 1)])
    assert told(outcome) == [("a", "9", "supported"), ("b", "10", "supported")]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_tie_without_an_order_is_refused(variant: str) -> None:
    level = election({"a": 1, "b": 1}, 1, BallotStyle.POINTS)
    profile = Profile.from_counts(level, [([["a", 1]], 1), ([["b", 1]], 1)])
    with pytest.raises(UnresolvedTie):
        count(level, profile, RuleConfig(RULE, {"variant": variant}))


def test_a_project_that_a_limit_shuts_out_gives_its_support_away() -> None:
    projects = (Project("a", "", 4, district="east"), Project("b", "", 8))
    limited = Election(projects, 8, BallotStyle.POINTS, district_budgets={"east": 3})
    outcome = counted(limited, [([["a", 1], ["b", 1]], 2)], RULE)
    assert outcome.funded == ("b",)
    assert outcome.selection.verdicts["a"].code == "over_district_budget"


def of_case(case: Case, variant: str) -> Outcome:
    config = RuleConfig(RULE, {"variant": variant}, ties=("lots",))
    return count(case.election, case.profile, config, lots=case.lots)


@pytest.mark.parametrize("variant", VARIANTS)
@given(
    case=st.one_of(cases(BallotStyle.POINTS, least_cost=0), cases(BallotStyle.APPROVAL), grouped())
)
@settings(max_examples=150, deadline=None)
def test_the_count_funds_what_plain_fractions_fund(case: Case, variant: str) -> None:
    outcome = of_case(case, variant)
    assert list(outcome.funded) == Count(outcome).run()
    assert len(outcome.selection.verdicts) == len(case.election.projects)
    assert outcome.selection.spent(case.election) <= case.election.budget


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}, {"a": 0}])
def test_without_votes_nothing_is_funded(
    costs: dict[str, int], ballots: Ballots, variant: str
) -> None:
    outcome = points(costs, 5, ballots, variant)
    assert outcome.funded == ()
    assert {verdict.code for verdict in outcome.selection.verdicts.values()} <= {"no_support"}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("cost", "funded"), [(0, ("a",)), (5, ("a",)), (6, ())])
def test_one_ballot_for_one_project(cost: int, funded: tuple[str, ...], variant: str) -> None:
    assert points({"a": cost}, 5, [([["a", 1]], 1)], variant).funded == funded
