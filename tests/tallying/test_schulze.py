"""Schulze's rule: the paper's examples, its definition voter by voter, and ties."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle, Project
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.pairwise import preferences, strongest_paths
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.reference import schulze as reference
from tests.tallying.strategies import Case, cases


def ranked(ids: str, budget: int, ballots: Ballots, **options: object) -> Outcome:
    the_election = election(dict.fromkeys(ids, 1), budget, BallotStyle.RANKED)
    return counted(the_election, ballots, "schulze", **options)  # type: ignore[arg-type]


FORTY_FIVE = [
    ("ACBED", 5),
    ("ADECB", 5),
    ("BEDAC", 8),
    ("CABED", 3),
    ("CAEBD", 7),
    ("CBADE", 2),
    ("DCEBA", 7),
    ("EBADC", 8),
]
"""The 45 voters with which the rule is usually explained; their order is E A C B D."""

FIRST_EXAMPLE = [("ACDB", 8), ("BADC", 2), ("CDBA", 4), ("DBAC", 4), ("DCBA", 3)]
"""Schulze 2011, section 3.1: D wins."""


def paths(ids: str, ballots: Ballots) -> dict[str, int]:
    the_election = election(dict.fromkeys(ids, 1), 1, BallotStyle.RANKED)
    profile = Profile.from_counts(the_election, ballots)
    votes = preferences(profile.rows, profile.weights, len(ids))
    strengths = strongest_paths(votes).tolist()
    return {a + b: strengths[i][j] for i, a in enumerate(ids) for j, b in enumerate(ids) if a != b}


def test_the_well_known_forty_five_voters_put_e_first() -> None:
    strengths = paths("ABCDE", FORTY_FIVE)
    pairs = ("AB", "BA", "AD", "DA", "CE", "EC")
    assert [strengths[pair] for pair in pairs] == [28, 25, 30, 25, 24, 28]
    outcome = ranked("ABCDE", 5, FORTY_FIVE)
    assert outcome.funded == ("E", "A", "C", "B", "D")
    assert not outcome.selection.ties


def test_the_first_example_of_the_paper_elects_d() -> None:
    assert paths("ABCD", FIRST_EXAMPLE) == {
        "AB": 14,
        "AC": 14,
        "AD": 12,
        "BA": 13,
        "BC": 13,
        "BD": 12,
        "CA": 13,
        "CB": 15,
        "CD": 12,
        "DA": 13,
        "DB": 19,
        "DC": 13,
    }
    assert ranked("ABCD", 1, FIRST_EXAMPLE).funded == ("D",)


def test_a_step_says_who_came_closest() -> None:
    first = ranked("ABCDE", 5, FORTY_FIVE).selection.rounds[0]
    assert first["closest"] == {"project": "A", "strength": 25, "against": 24}
    assert first["project"] == "E"
    assert first["left"] == 4


def test_who_came_closest_has_the_smallest_lead_against_them_not_the_weakest_chains() -> None:
    votes = [(["d", "a"], 2), (["b"], 2), (["a", "b", "c"], 1)]
    first = ranked("abcd", 4, votes).selection.rounds[0]
    assert first["project"] == "a"
    assert first["closest"] == {"project": "b", "strength": 3, "against": 2}


def test_what_is_not_ranked_is_below_all_that_is() -> None:
    # "c" is named by most, but four voters of seven put "a" above it without a word about "c".
    outcome = ranked("abc", 2, [(["a"], 4), (["b", "c"], 3)])
    assert outcome.funded == ("a", "b")


def test_a_project_that_does_not_fit_is_passed_over() -> None:
    costly = election({"a": 6, "b": 5, "c": 4}, 10, BallotStyle.RANKED)
    outcome = counted(costly, [(["a", "b", "c"], 2)], "schulze")
    assert outcome.funded == ("a", "c")
    assert outcome.selection.verdicts["b"].values == {"step": 2, "left": 4}


def test_who_loses_a_tie_is_told_so() -> None:
    level = election({"a": 1, "b": 1}, 1, BallotStyle.RANKED)
    outcome = counted(level, [(["a", "b"], 1), (["b", "a"], 1)], "schulze", lots=["b", "a"])
    assert outcome.funded == ("b",)
    verdict = outcome.selection.verdicts["a"]
    assert verdict.code == "lost_tie"
    assert (verdict.values["to"], verdict.values["by"]) == (["b"], ["lots"])
    assert outcome.selection.rounds[-1]["verdict"] == "lost_tie"


def test_a_tie_names_its_step_and_only_who_would_have_fitted_loses_it() -> None:
    costs = {"a": 3, "b": 6, "c": 1, "d": 1}
    votes = [(["a", "b", "c", "d"], 1), (["b", "a", "d", "c"], 1)]
    outcome = counted(election(costs, 5, BallotStyle.RANKED), votes, "schulze")
    assert [(tie.step, tie.projects) for tie in outcome.selection.ties] == [
        (1, ("a", "b")),
        (3, ("c", "d")),
    ]
    assert outcome.selection.verdicts["b"].code == "too_expensive_when_reached"


def test_a_tie_needs_an_order_where_another_of_equal_rank_may_come_between() -> None:
    # "c" is beaten by "b" alone. Were "b" first, "a" and "c" would need an order, too.
    level = election({"a": 1, "b": 1, "c": 1}, 2, BallotStyle.RANKED)
    profile = Profile.from_counts(level, [(["a", "b", "c"], 1), (["b", "c", "a"], 1)])
    with pytest.raises(UnresolvedTie) as refused:
        count(level, profile, RuleConfig("schulze", ties=("more_votes",)))
    assert (refused.value.step, refused.value.projects) == (1, ("a", "b"))


LEVEL = [(["a", "b"], 1), (["b", "a"], 1)]


@pytest.mark.parametrize(("budget", "refused"), [(1, True), (2, False), (0, False)])
def test_an_open_tie_is_refused_only_where_it_can_change_who_is_funded(
    budget: int, refused: bool
) -> None:
    level = election({"a": 1, "b": 1}, budget, BallotStyle.RANKED)
    profile, config = Profile.from_counts(level, LEVEL), RuleConfig("schulze")
    if not refused:
        assert len(count(level, profile, config).funded) == budget
        return
    with pytest.raises(UnresolvedTie):
        count(level, profile, config)
    assert count(level, profile, config, report_open_ties=True).open_ties == (("a", "b"),)


@given(case=cases(BallotStyle.RANKED, least_cost=0), order=st.randoms())
@settings(max_examples=120, deadline=None)
def test_a_tie_that_is_said_not_to_matter_does_not(case: Case, order: random.Random) -> None:
    config = RuleConfig("schulze", ties=("more_votes",))
    try:
        funded = count(case.election, case.profile, config).funded
    except UnresolvedTie:
        return
    names = {p.id: str(number) for number, p in enumerate(case.election.projects)}
    shuffled = list(names.values())
    order.shuffle(shuffled)
    renamed = dict(zip(names, shuffled, strict=True))
    other = replace(
        case.election,
        projects=tuple(Project(renamed[p.id], "", p.cost) for p in case.election.projects),
    )
    pairs = [([renamed[name] for name in choices], w) for choices, w in case.profile.pairs()]
    again = count(other, Profile.from_counts(other, pairs), config).funded
    assert set(again) == {renamed[name] for name in funded}


@given(case=cases(BallotStyle.RANKED, least_cost=0))
@settings(max_examples=150, deadline=None)
def test_the_count_funds_what_the_definition_funds(case: Case) -> None:
    config = RuleConfig("schulze", ties=("lower_cost", "lots"))
    outcome = count(case.election, case.profile, config, lots=case.lots)
    assert list(outcome.funded) == reference.funded(outcome)


@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}, {"a": 0}])
def test_without_rankings_nothing_is_funded(costs: dict[str, int], ballots: Ballots) -> None:
    outcome = counted(election(costs, 5, BallotStyle.RANKED), ballots, "schulze")
    assert outcome.funded == ()
    assert {verdict.code for verdict in outcome.selection.verdicts.values()} <= {"no_support"}


@pytest.mark.parametrize(("cost", "funded"), [(0, ("a",)), (5, ("a",)), (6, ())])
def test_one_ballot_for_one_project(cost: int, funded: tuple[str, ...]) -> None:
    single = election({"a": cost}, 5, BallotStyle.RANKED)
    assert counted(single, [(["a"], 1)], "schulze").funded == funded


def test_ballots_without_ranks_are_refused() -> None:
    with pytest.raises(InvalidRule, match="cannot count approval ballots"):
        counted(election({"a": 1}, 1), [(["a"], 1)], "schulze")
