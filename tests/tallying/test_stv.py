"""The single transferable vote for projects with costs: textbook counts, plain fractions, bad input."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.reference.stv import Count
from tests.tallying.strategies import Case, cases, grouped

FOOD = [
    (["orange"], 4),
    (["pear", "orange"], 2),
    (["chocolate", "strawberry"], 8),
    (["chocolate", "sweets"], 4),
    (["strawberry"], 1),
    (["sweets"], 1),
]
"""The textbook's party of twenty: three foods, quota 6."""


def ranked(costs: dict[str, int], budget: int, ballots: Ballots, **options: object) -> Outcome:
    the_election = election(costs, budget, BallotStyle.RANKED)
    return counted(the_election, ballots, "stv", **options)  # type: ignore[arg-type]


def rounds(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(r["project"], r["verdict"], r["support"]) for r in outcome.selection.rounds]


def test_the_textbook_party_chooses_chocolate_orange_and_strawberry() -> None:
    foods = dict.fromkeys(["orange", "pear", "chocolate", "strawberry", "sweets"], 1)
    outcome = ranked(foods, 3, FOOD)
    assert rounds(outcome) == [
        ("chocolate", "funded", "12"),
        ("pear", "eliminated", "2"),
        ("orange", "funded", "6"),
        ("sweets", "eliminated", "3"),
        ("strawberry", "funded", "5"),
    ]
    assert outcome.selection.rounds[0]["quota"] == "6"


def test_all_papers_of_a_pile_carry_the_surplus_at_their_own_worth() -> None:
    # 60 papers, 2 seats, quota 21. "a" has 30, so each goes on at 9/30. Then "b" holds 14 whole
    # papers and 24 at 3/10, 21.2 together: all of them go on at 0.2/21.2 of their worth.
    votes = [(["a", "b", "d"], 24), (["a", "d"], 6), (["b", "d"], 14), (["d"], 16)]
    outcome = ranked({"a": 1, "b": 1, "d": 1}, 2, votes)
    assert rounds(outcome) == [
        ("a", "funded", "30"),
        ("b", "funded", "21.2"),
        ("d", "too_expensive_when_reached", "18"),
    ]


def test_a_costlier_project_needs_more_votes() -> None:
    outcome = ranked({"a": 6, "b": 3, "c": 3}, 9, [(["a", "c"], 5), (["b"], 4), (["c"], 3)])
    quotas = {r["project"]: r["quota"] for r in outcome.selection.rounds}
    assert quotas == {"a": "7", "b": "4", "c": "4"}
    assert outcome.funded == ("b", "c")


def test_what_does_not_fit_hands_its_votes_on_in_full() -> None:
    outcome = ranked({"a": 9, "b": 4, "c": 4}, 7, [(["a", "c"], 2), (["b"], 1), (["c"], 1)])
    assert rounds(outcome)[:2] == [
        ("a", "too_expensive_when_reached", "2"),
        ("c", "funded", "3"),
    ]


def test_what_costs_nothing_is_funded_and_takes_no_votes() -> None:
    outcome = ranked({"a": 0, "b": 4}, 4, [(["a", "b"], 3)])
    assert rounds(outcome) == [("a", "funded", "3"), ("b", "funded", "3")]


def test_blank_ballots_raise_the_quota() -> None:
    assert ranked({"a": 1}, 1, [(["a"], 1), ([], 9)]).selection.rounds[0]["quota"] == "6"


def test_the_loser_of_a_tie_is_last_in_the_order() -> None:
    votes = [(["a"], 1), (["b"], 1), (["c"], 1)]
    outcome = ranked({"a": 2, "b": 2, "c": 2}, 4, votes, lots=["c", "a", "b"])
    assert [r["project"] for r in outcome.selection.rounds if r["verdict"] == "eliminated"] == ["b"]
    level = election({"a": 2, "b": 2, "c": 2}, 4, BallotStyle.RANKED)
    with pytest.raises(UnresolvedTie):
        count(level, Profile.from_counts(level, votes), RuleConfig("stv"))


def test_support_is_stated_with_nine_decimals() -> None:
    # Quota 4: the surplus of 2 goes on at a third of each of the six papers.
    votes = [(["a", "b"], 5), (["a", "c"], 1), (["b"], 2), (["c"], 2)]
    outcome = ranked({"a": 1, "b": 1, "c": 1}, 2, votes)
    assert rounds(outcome)[1] == ("c", "eliminated", "2.333333333")


def test_free_projects_that_tie_need_an_order_only_where_they_exclude_each_other() -> None:
    votes, costs = [(["a"], 1), (["b"], 1)], {"a": 0, "b": 0}
    apart = election(costs, 1, BallotStyle.RANKED)
    outcome = count(apart, Profile.from_counts(apart, votes), RuleConfig("stv"))
    assert set(outcome.funded) == {"a", "b"}
    rivals = election(costs, 1, BallotStyle.RANKED, groups={"a": "square", "b": "square"})
    with pytest.raises(UnresolvedTie):
        count(rivals, Profile.from_counts(rivals, votes), RuleConfig("stv"))


@pytest.mark.parametrize("method", ["general", "scottish"])
def test_equals_who_all_find_room_need_no_order(method: str) -> None:
    level = election({"a": 1, "b": 1}, 2, BallotStyle.RANKED)
    config = RuleConfig("stv", {"method": method})
    below_quota = Profile.from_counts(level, [(["a"], 1), (["b"], 1), ([], 6)])
    assert set(count(level, below_quota, config).funded) == {"a", "b"}


def of_case(case: Case, **parameters: object) -> Outcome:
    config = RuleConfig("stv", parameters, ties=("lots",))
    return count(case.election, case.profile, config, lots=case.lots)


@given(case=cases(BallotStyle.RANKED, least_cost=0))
@settings(max_examples=200, deadline=None)
def test_the_count_is_that_of_plain_fractions(case: Case) -> None:
    outcome = of_case(case)
    plain = Count(outcome).run()
    assert list(outcome.funded) == plain.funded
    shown = [Fraction(r["support"]) for r in outcome.selection.rounds]
    for text, exact in zip(shown, plain.supports, strict=True):
        assert abs(text - exact) <= Fraction(1, 2 * 10**9)


@given(case=grouped())
@settings(max_examples=100, deadline=None)
def test_groups_are_kept_to_as_plain_fractions_do(case: Case) -> None:
    ranked_election = Election(case.election.projects, case.election.budget, BallotStyle.RANKED)
    profile = Profile.from_counts(ranked_election, [(c, n) for c, n in case.profile.pairs()])
    outcome = of_case(Case(ranked_election, profile, case.lots))
    assert list(outcome.funded) == Count(outcome).run().funded


@given(st.lists(st.permutations("abcdefgh"), min_size=30, max_size=30, unique_by=tuple))
@settings(max_examples=10, deadline=None)
def test_many_transfers_of_full_rankings_end_in_whole_votes(ballots: list[list[str]]) -> None:
    """All that is left at the end is a whole number of votes, whatever the fractions before."""
    outcome = ranked(dict.fromkeys("abcdefgh", 1), 7, [(b, 1) for b in ballots])
    funded = [r for r in outcome.selection.rounds if r["verdict"] == "funded"]
    plain = Count(outcome).run()
    assert list(outcome.funded) == plain.funded
    assert len(funded) == 7


@pytest.mark.parametrize("method", ["general", "scottish"])
@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}, {"a": 0}])
def test_without_rankings_nothing_is_funded(
    costs: dict[str, int], ballots: Ballots, method: str
) -> None:
    outcome = ranked(costs, 5, ballots, parameters={"method": method})
    assert outcome.funded == ()
    assert {verdict.code for verdict in outcome.selection.verdicts.values()} <= {"no_support"}


@pytest.mark.parametrize("method", ["general", "scottish"])
@pytest.mark.parametrize(("cost", "funded"), [(0, ("a",)), (5, ("a",)), (6, ())])
def test_one_ballot_for_one_project(cost: int, funded: tuple[str, ...], method: str) -> None:
    assert ranked({"a": cost}, 5, [(["a"], 1)], parameters={"method": method}).funded == funded


def test_ballots_without_ranks_are_refused() -> None:
    with pytest.raises(InvalidRule, match="cannot count approval ballots"):
        counted(election({"a": 1}, 1), [(["a"], 1)], "stv")


def test_a_project_is_not_funded_above_a_limit_of_its_district() -> None:
    projects = (Project("a", "", 3, district="east"), Project("b", "", 3))
    limited = Election(projects, 6, BallotStyle.RANKED, district_budgets={"east": 2})
    assert counted(limited, [(["a", "b"], 2)], "stv").funded == ("b",)
