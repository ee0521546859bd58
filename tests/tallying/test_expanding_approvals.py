"""Expanding approvals: hand-made counts, plain fractions, its promises, bad input."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle, Election
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.reference.expanding_approvals import Count
from tests.tallying.strategies import Case, cases, grouped

RULE = "expanding-approvals"


def ranked(costs: dict[str, int], budget: int, ballots: Ballots, **options: object) -> Outcome:
    the_election = election(costs, budget, BallotStyle.RANKED)
    return counted(the_election, ballots, RULE, **options)  # type: ignore[arg-type]


def bought(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    return [
        (r["project"], r["rank"], r["support"], r["needed"])
        for r in outcome.selection.rounds
        if r["verdict"] == "funded"
    ]


def test_supporters_pay_with_their_weight() -> None:
    # 10 voters, budget 10: a project of cost 4 needs the weight 4. The six pay for "a", and hold
    # a third each; so "b" has only 2 from them, and the four of "c" come first.
    votes = [(["a", "b"], 6), (["c", "d"], 4)]
    outcome = ranked({"a": 4, "b": 4, "c": 4, "d": 4}, 10, votes)
    assert bought(outcome) == [("a", 1, "6", "4/1"), ("c", 1, "4", "4/1")]
    assert outcome.selection.verdicts["b"].code == "too_expensive_when_reached"


def test_a_lower_rank_counts_only_when_the_higher_ones_are_not_enough() -> None:
    votes = [(["a", "c"], 3), (["b", "c"], 3), (["d"], 4)]
    outcome = ranked({"a": 6, "b": 6, "c": 6, "d": 5}, 10, votes)
    assert bought(outcome) == [("c", 2, "6", "6/1")]


def test_at_the_end_every_ballot_supports_what_it_does_not_rank() -> None:
    outcome = ranked({"a": 6, "b": 4}, 10, [(["a"], 1), (["b"], 1), ([], 8)])
    assert bought(outcome) == [("b", 2, "10", "4/1"), ("a", 2, "6", "6/1")]


def test_the_most_support_for_its_cost_comes_first() -> None:
    outcome = ranked({"a": 4, "b": 1, "c": 6}, 6, [(["a"], 6), (["b"], 4), (["c"], 1)])
    assert [name for name, *_ in bought(outcome)] == ["b", "a"]


def test_what_costs_nothing_reduces_nobody() -> None:
    outcome = ranked({"a": 0, "b": 5, "c": 1}, 5, [(["b", "a"], 2)])
    assert bought(outcome) == [("b", 1, "2", "2/1"), ("a", 2, "0", "0/1")]


def test_without_a_budget_only_what_costs_nothing_is_funded() -> None:
    assert ranked({"a": 0, "b": 1}, 0, [(["b", "a"], 2)]).funded == ("a",)


def test_a_project_that_nobody_ranks_is_never_funded() -> None:
    assert ranked({"a": 1, "b": 1}, 5, [(["a"], 2)]).funded == ("a",)


def test_a_tie_without_an_order_is_refused() -> None:
    level = election({"a": 1, "b": 1}, 1, BallotStyle.RANKED)
    profile = Profile.from_counts(level, [(["a"], 1), (["b"], 1)])
    with pytest.raises(UnresolvedTie):
        count(level, profile, RuleConfig(RULE))


def of_case(case: Case) -> Outcome:
    return count(case.election, case.profile, RuleConfig(RULE, ties=("lots",)), lots=case.lots)


@given(case=cases(BallotStyle.RANKED, least_cost=0))
@settings(max_examples=200, deadline=None)
def test_the_count_is_that_of_plain_fractions(case: Case) -> None:
    outcome = of_case(case)
    plain = Count(outcome).run().bought
    assert [(name, rank) for name, rank, *_ in bought(outcome)] == [(n, r) for n, r, _ in plain]
    for (*_, text, _needed), (*_, exact) in zip(bought(outcome), plain, strict=True):
        assert abs(Fraction(text) - exact) <= Fraction(1, 2 * 10**9)


@given(case=grouped())
@settings(max_examples=80, deadline=None)
def test_groups_are_kept_to_as_plain_fractions_do(case: Case) -> None:
    election_ = Election(case.election.projects, case.election.budget, BallotStyle.RANKED)
    profile = Profile.from_counts(election_, [(c, n) for c, n in case.profile.pairs()])
    outcome = of_case(Case(election_, profile, case.lots))
    assert list(outcome.funded) == [name for name, *_ in Count(outcome).run().bought]


@given(case=cases(BallotStyle.RANKED))
@settings(max_examples=80, deadline=None)
def test_nothing_ranked_is_left_that_could_be_paid(case: Case) -> None:
    outcome = of_case(case)
    left = case.election.budget - outcome.selection.spent(case.election)
    named = {name for choices, _ in case.profile.pairs() for name in choices}
    for project in case.election.projects:
        if project.id in named and project.id not in outcome.funded:
            assert project.cost > left


@given(st.lists(st.permutations("abcdefgh"), min_size=25, max_size=25))
@settings(max_examples=10, deadline=None)
def test_many_reductions_end_in_exactly_enough(ballots: list[list[str]]) -> None:
    """The last project costs what is left, so its support is exactly enough."""
    outcome = ranked(dict.fromkeys("abcdefgh", 3), 24, [(b, 1) for b in ballots])
    assert len(outcome.funded) == 8
    assert list(outcome.funded) == [name for name, *_ in Count(outcome).run().bought]


@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}, {"a": 0}])
def test_without_rankings_nothing_is_funded(costs: dict[str, int], ballots: Ballots) -> None:
    outcome = ranked(costs, 5, ballots)
    assert outcome.funded == ()
    assert {verdict.code for verdict in outcome.selection.verdicts.values()} <= {"no_support"}


@pytest.mark.parametrize(("cost", "funded"), [(0, ("a",)), (5, ("a",)), (6, ())])
def test_one_ballot_for_one_project(cost: int, funded: tuple[str, ...]) -> None:
    assert ranked({"a": cost}, 5, [(["a"], 1)]).funded == funded


def test_ballots_without_ranks_are_refused() -> None:
    with pytest.raises(InvalidRule, match="cannot count approval ballots"):
        counted(election({"a": 1}, 1), [(["a"], 1)], RULE)
