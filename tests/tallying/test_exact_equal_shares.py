"""Exact equal shares: examples, plain fractions, and shares at which the outcome changes."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.even_changes import Changes
from tallying.rules.even_market import EvenMarket
from tests.tallying.factories import counted, election
from tests.tallying.reference.exact_equal_shares import recount
from tests.tallying.strategies import Case, cases, grouped

RULE = "exact-equal-shares"


def of_case(case: Case, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": RULE, "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def test_whole_shares_are_whole_units_of_a_hundred_where_amounts_are_in_hundredths() -> None:
    projects = (Project("a", "A", 3_000), Project("b", "B", 2_500))
    hundredths = Election(projects, 4_000, BallotStyle.APPROVAL, minor_digits=2)
    outcome = counted(
        hundredths,
        [(["a"], 5), (["b"], 2)],
        RULE,
        completion="add1",
        parameters={"integral": True},
    )
    account = outcome.selection.completion["add1"]
    assert (account["first_share"], account["share"], account["raises"]) == ("500", "1200", 7)


def test_whoever_cannot_pay_an_equal_part_pays_nothing() -> None:
    # Everyone holds 10. "a" takes 8 from each of three; "b" is then paid for by the two who still
    # hold 10, and the one with 2 left keeps them.
    the_election = election({"a": 24, "b": 16}, 50)
    votes = [(["a"], 2), (["a", "b"], 1), (["b"], 2)]
    outcome = counted(the_election, votes, RULE)
    assert outcome.funded == ("a", "b")
    first, second = outcome.selection.rounds
    assert (first["payers"], first["pays"], first["merit"]) == (3, "8/1", "3/1")
    assert (second["payers"], second["pays"]) == (2, "8/1")


def test_equal_shares_itself_would_take_what_the_poor_hold() -> None:
    the_election = election({"a": 24, "b": 21}, 50)
    votes = [(["a"], 2), (["a", "b"], 1), (["b"], 2)]
    assert counted(the_election, votes, "equal-shares").funded == ("a", "b")
    outcome = counted(the_election, votes, RULE)
    assert outcome.funded == ("a",)
    assert outcome.selection.verdicts["b"].code == "no_equal_parts"
    assert outcome.selection.verdicts["b"].values == {"held": 22, "used": [["a", 8]]}


def test_the_most_payers_for_the_cost_come_first_or_the_most_payers() -> None:
    the_election = election({"a": 60, "b": 20}, 100)
    votes = [(["a"], 6), (["b"], 4)]
    by_cost = counted(the_election, votes, RULE)
    by_number = counted(the_election, votes, RULE, utility="cardinality")
    assert (by_cost.funded, by_number.funded) == (("a", "b"), ("b", "a"))


def test_points_are_refused_as_a_measure() -> None:
    the_election = election({"a": 1}, 1, BallotStyle.POINTS)
    with pytest.raises(InvalidRule, match=r"Unknown utility: points\. Known: cost, cardinality"):
        counted(the_election, [([["a", 2]], 1)], RULE, utility="points")


def test_a_tie_without_an_order_is_refused() -> None:
    level = election({"a": 50, "b": 50}, 100)
    config = RuleConfig(RULE, ties=("more_votes",))
    with pytest.raises(UnresolvedTie):
        count(level, Profile.from_counts(level, [(["a"], 1), (["b"], 1)]), config)


@pytest.mark.parametrize("completion", ["none", "greedy", "add1", "add-opt"])
@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}])
def test_without_votes_nothing_is_funded(
    costs: dict[str, int], ballots: list[tuple[list[str], int]], completion: str
) -> None:
    assert counted(election(costs, 5), ballots, RULE, completion=completion).funded == ()


@pytest.mark.parametrize("completion", ["none", "add1", "add-opt"])
def test_one_project_may_take_the_whole_budget_and_none_more(completion: str) -> None:
    largest = 2**53 - 1
    whole = counted(election({"a": largest}, largest), [(["a"], 3)], RULE, completion=completion)
    assert whole.funded == ("a",)
    beyond = counted(
        election({"a": 11, "b": 0}, 10), [(["a", "b"], 3)], RULE, completion=completion
    )
    assert beyond.funded == ("b",)


def test_parts_that_a_float_cannot_tell_apart_are_told_apart() -> None:
    # Three voters hold a third of the budget each: "a" costs exactly what they hold, "b" one more.
    budget = 2**53 - 2
    enough = counted(election({"a": budget}, budget), [(["a"], 3)], RULE)
    assert enough.funded == ("a",)
    short = counted(election({"a": budget + 1}, budget), [(["a"], 3)], RULE)
    assert short.funded == ()
    # What is left after a third of the cost of "a" is exactly a third of the cost of "b".
    two = election({"a": 2**52 + 1, "b": budget - 2**52 - 1}, budget)
    outcome = counted(two, [(["a", "b"], 3)], RULE)
    assert outcome.funded == ("a", "b")


parameters = st.fixed_dictionaries(
    {"integral": st.booleans(), "exhaustive": st.booleans(), "step": st.integers(1, 2)}
)


def same(outcome: Outcome) -> None:
    assert outcome.to_json() == recount(outcome).to_json()


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@pytest.mark.parametrize("completion", ["none", "greedy", "add1", "add1-greedy", "add-opt"])
@given(case=cases(least_cost=0), chosen=parameters)
@settings(max_examples=60, deadline=None)
def test_the_outcome_is_that_of_plain_fractions(
    case: Case, chosen: dict[str, object], completion: str, utility: str
) -> None:
    same(of_case(case, utility=utility, completion=completion, parameters=chosen))


@pytest.mark.parametrize("completion", ["none", "add1", "add-opt"])
@given(case=grouped())
@settings(max_examples=60, deadline=None)
def test_groups_give_the_outcome_of_plain_fractions(case: Case, completion: str) -> None:
    same(of_case(case, completion=completion))


@given(case=cases(least_cost=0), fraction=st.fractions(0, 1))
@settings(max_examples=100, deadline=None)
def test_nothing_changes_before_the_share_at_which_it_can(case: Case, fraction: Fraction) -> None:
    assume(fraction < 1)
    contest = of_case(case).contest
    share = Fraction(case.election.budget, max(1, case.profile.total))
    run = EvenMarket(contest, share).run()
    assume(run.unfunded)
    more = Changes(run).least()
    assert more > 0
    between = EvenMarket(contest, share + fraction * more).run()
    rounds = [market.decisions.selection().rounds for market in (run, between)]
    assert rounds[0] == rounds[1]
