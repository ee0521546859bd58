import pytest
from hypothesis import given, settings

from tallying.election import BallotStyle, Election, Project
from tallying.errors import UnresolvedTie
from tallying.explanation import explain
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import counted, election
from tests.tallying.strategies import Case, cases, grouped

THREE = election({"a": 60, "b": 50, "c": 30}, 100)
VOTES = [(["a"], 5), (["b"], 4), (["c"], 3)]


def test_a_project_that_does_not_fit_is_passed_over() -> None:
    assert counted(THREE, VOTES).funded == ("a", "c")


def test_a_project_that_does_not_fit_ends_the_count_under_stop() -> None:
    outcome = counted(THREE, VOTES, parameters={"unaffordable": "stop"})
    assert outcome.funded == ("a",)
    why = explain(outcome.to_json(), "c")
    assert (why.code, why.values["ended_by"]) == ("count_ended", "b")


def test_the_first_that_does_not_fit_is_funded_in_part_by_whole_steps() -> None:
    projects = (Project("a", "A", 60), Project("b", "B", 50, partial_minimum=10, partial_step=20))
    outcome = counted(
        Election(projects, 100, BallotStyle.APPROVAL),
        VOTES[:2],
        parameters={"unaffordable": "partial"},
    )
    assert outcome.selection.partial == ("b", 30)
    assert outcome.to_json()["unspent"] == outcome.selection.rounds[-1]["left"] == 10
    assert explain(outcome.to_json(), "b").verdict == "funded_in_part"


def test_a_part_below_the_minimum_is_not_paid() -> None:
    projects = (Project("a", "A", 60), Project("b", "B", 50, partial_minimum=45))
    outcome = counted(
        Election(projects, 100, BallotStyle.APPROVAL),
        VOTES[:2],
        parameters={"unaffordable": "partial"},
    )
    assert outcome.selection.partial is None
    assert outcome.funded == ("a",)


def test_the_minimum_score_itself_is_enough() -> None:
    outcome = counted(THREE, VOTES, parameters={"min_score": 4})
    assert outcome.funded == ("a",)
    why = explain(outcome.to_json(), "c")
    assert (why.code, why.values["minimum"], why.values["more"]) == ("below_minimum_support", 4, 1)
    assert "b" in counted(election({"b": 50}, 100), VOTES[1:2], parameters={"min_score": 4}).funded


def test_at_most_one_project_of_a_group_is_funded() -> None:
    groups = {"a": "square", "c": "square"}
    outcome = counted(election({"a": 60, "b": 30, "c": 10}, 100, groups=groups), VOTES)
    assert outcome.funded == ("a", "b")
    why = explain(outcome.to_json(), "c")
    assert (why.code, why.values["group"], why.values["with"]) == (
        "excluded_by_group",
        "square",
        "a",
    )


def test_a_cost_above_the_budget_is_kept_and_never_affordable() -> None:
    outcome = counted(election({"a": 500, "c": 30}, 100), [(["a"], 5), (["c"], 3)])
    assert outcome.funded == ("c",)
    assert explain(outcome.to_json(), "a").values["more"] is None


def test_what_nobody_chose_is_never_funded() -> None:
    outcome = counted(THREE, [(["a"], 1), ([], 2)])
    assert outcome.funded == ("a",)
    assert explain(outcome.to_json(), "b").code == "no_support"
    assert outcome.to_json()["counts"] == {"voters": 3, "ballots": 3, "blank": 2, "invalid": 0}


def test_score_per_cost_prefers_the_cheaper_of_equally_supported_projects() -> None:
    two = election({"a": 60, "b": 50}, 60)
    votes = [(["a", "b"], 5)]
    outcome = counted(two, votes, parameters={"order": "score_per_cost"})
    assert outcome.funded == ("b",)


def test_the_loser_of_a_tie_is_told_so() -> None:
    outcome = counted(election({"a": 60, "b": 60}, 100), [(["a"], 2), (["b"], 2)], lots=["b", "a"])
    assert outcome.funded == ("b",)
    why = explain(outcome.to_json(), "a")
    assert (why.code, why.values["to"], why.values["by"]) == ("lost_tie", ["b"], ["lots"])
    assert why.values["more"] == 1


def test_the_round_of_a_lost_tie_says_so_and_only_losers_are_told_of_it() -> None:
    costs = {"a": 60, "b": 60, "c": 40, "d": 200}
    outcome = counted(election(costs, 100), [([name], 2) for name in costs])
    said = [(round_["project"], round_["verdict"]) for round_ in outcome.selection.rounds]
    assert said == [
        ("a", "funded"),
        ("b", "lost_tie"),
        ("c", "funded"),
        ("d", "too_expensive_when_reached"),
    ]
    assert outcome.selection.verdicts["c"].values == {"left": 0, "step": 3}
    assert outcome.selection.verdicts["d"].values == {"left": 0, "step": 4}


def _without_order(costs: dict[str, int], budget: int, **parameters: object) -> Election:
    the_election = election(costs, budget)
    profile = Profile.from_counts(the_election, [([name], 2) for name in costs])
    count(the_election, profile, RuleConfig("greedy", parameters))
    return the_election


@pytest.mark.parametrize(
    ("costs", "budget", "parameters"),
    [
        ({"a": 60, "b": 60}, 100, {}),
        ({"a": 60, "b": 30, "c": 30}, 100, {}),
        ({"a": 60, "b": 200}, 100, {"unaffordable": "stop"}),
        ({"a": 200, "b": 300}, 100, {"unaffordable": "partial"}),
    ],
)
def test_a_tie_without_an_order_publishes_nothing(
    costs: dict[str, int], budget: int, parameters: dict[str, object]
) -> None:
    with pytest.raises(UnresolvedTie) as refused:
        _without_order(costs, budget, **parameters)
    assert refused.value.projects == tuple(sorted(costs))
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("costs", "budget", "parameters"),
    [
        ({"a": 60, "b": 40}, 100, {}),
        ({"a": 60, "b": 200}, 100, {}),
        ({"a": 200, "b": 300}, 100, {}),
        ({"a": 200, "b": 300}, 100, {"unaffordable": "stop"}),
    ],
)
def test_a_tie_that_changes_nothing_is_recorded_and_stops_nothing(
    costs: dict[str, int], budget: int, parameters: dict[str, object]
) -> None:
    _without_order(costs, budget, **parameters)


def test_two_of_a_group_that_tie_need_an_order() -> None:
    the_election = election({"a": 1, "b": 1}, 100, groups={"a": "x", "b": "x"})
    profile = Profile.from_counts(the_election, [(["a", "b"], 2)])
    with pytest.raises(UnresolvedTie):
        count(the_election, profile, RuleConfig("greedy"))


def test_the_only_one_of_a_tie_that_its_group_does_not_shut_out_needs_no_order() -> None:
    the_election = election({"a": 60, "b": 60, "c": 60}, 100, groups={"a": "square", "b": "square"})
    profile = Profile.from_counts(the_election, [(["a"], 3), (["b", "c"], 2)])
    outcome = count(the_election, profile, RuleConfig("greedy", {"unaffordable": "partial"}))
    assert outcome.funded == ("a",)
    assert not outcome.open_ties


def test_what_a_project_lacked_is_said_in_votes_or_in_points() -> None:
    short = counted(election({"a": 60, "b": 60}, 60), [(["a"], 2), (["b"], 1)])
    assert [margin["unit"] for margin in short.selection.margins] == ["votes"]
    graded = election({"a": 60, "b": 60}, 60, BallotStyle.POINTS)
    short = counted(graded, [([["a", 5]], 1), ([["b", 3]], 1)])
    assert [margin["unit"] for margin in short.selection.margins] == ["points"]


@pytest.mark.parametrize("unaffordable", ["skip", "stop"])
@pytest.mark.parametrize("order", ["score", "score_per_cost"])
@given(case=grouped())
@settings(max_examples=80, deadline=None)
def test_the_votes_that_a_project_lacked_are_exactly_those_that_fund_it(
    case: Case, unaffordable: str, order: str
) -> None:
    options = {"parameters": {"unaffordable": unaffordable, "order": order, "min_score": 2}}
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    outcome = counted(case.election, pairs, lots=case.lots, **options)
    for margin in outcome.selection.margins:
        name, more = margin["project"], margin["more"]
        assert margin["exact"]
        for extra in (1, 7, 60) if more is None else (more - 1, more):
            if extra < 1:
                continue
            again = counted(case.election, [*pairs, ([name], extra)], lots=case.lots, **options)
            assert (name in again.funded) == (more is not None and extra >= more)


@given(case=cases(), options=grouped())
@settings(max_examples=60, deadline=None)
def test_a_further_supporter_never_unfunds_a_project(case: Case, options: Case) -> None:
    for each in (case, options):
        pairs = [(choices, times) for choices, times in each.profile.pairs()]
        for name in counted(each.election, pairs, lots=each.lots).funded:
            again = counted(each.election, [*pairs, ([name], 1)], lots=each.lots)
            assert name in again.funded


@given(grouped())
@settings(max_examples=60, deadline=None)
def test_greedy_leaves_no_supported_project_that_still_fits(case: Case) -> None:
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    outcome = counted(case.election, pairs, lots=case.lots)
    left = outcome.to_json()["unspent"]
    assert left >= 0
    groups = {p.exclusive_group for p in case.election.projects if p.id in outcome.funded} - {None}
    for project, support in zip(case.election.projects, outcome.contest.natural, strict=True):
        if project.id not in outcome.funded and project.exclusive_group not in groups:
            assert project.cost > left or not support.votes
