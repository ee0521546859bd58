"""The best selection: all subsets, another program, ties, limits, and what cannot be proved."""

import os
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pabutools.rules import max_additive_utilitarian_welfare

from tallying.codes import Code
from tallying.election import BallotStyle, Election, Project
from tallying.errors import NoSelection, NotProved, UnresolvedTie
from tallying.explanation import explain
from tallying.formats import read
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count, prices
from tallying.rules.optimum import Limit, Losses, Optima, Prices, Problem
from tallying.rules.prices import solved, solver_prices
from tests.tallying.factories import counted, election
from tests.tallying.oracle import SATISFACTIONS, Oracle
from tests.tallying.reference.greedy import scores
from tests.tallying.reference.knapsack import first, optima, selections
from tests.tallying.strategies import Case, cases, limited

FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))
STYLES = [BallotStyle.APPROVAL, BallotStyle.POINTS, BallotStyle.RANKED]


def of_case(case: Case, ties: tuple[str, ...] = ("lots",), **options: Any) -> Outcome:
    config = RuleConfig.from_json({"rule": "knapsack", "ties": list(ties), **options})
    return count(case.election, case.profile, config, lots=case.lots)


def test_two_smaller_projects_that_give_more_together_come_before_a_greater_one() -> None:
    outcome = counted(
        election({"a": 100, "b": 50, "c": 50}, 100),
        [(["a"], 5), (["b"], 3), (["c"], 4)],
        "knapsack",
    )
    assert outcome.funded == ("b", "c")
    assert outcome.selection.rounds[0] == {
        "step": 1,
        "project": None,
        "optimum": 7,
        "unique": True,
    }
    why = explain(outcome.to_json(), "a")
    assert (why.code, why.values["optimum"], why.values["with_it"]) == (Code.NOT_IN_OPTIMUM, 7, 5)
    assert (why.values["more"], why.values["exact"]) == (3, False)


def test_every_step_says_what_is_left_and_what_became_of_the_project() -> None:
    costs = {"a": 100, "b": 50, "c": 50, "d": 101}
    votes = [(["a"], 5), (["b"], 3), (["c"], 4), (["d"], 9)]
    outcome = counted(election(costs, 100), votes, "knapsack")
    assert [(r["project"], r["left"], r["verdict"]) for r in outcome.selection.rounds[1:]] == [
        ("a", 100, "not_in_optimum"),
        ("b", 50, "funded"),
        ("c", 0, "funded"),
        ("d", 0, "too_expensive_when_reached"),
    ]
    verdicts = outcome.selection.verdicts
    assert verdicts["c"].values == {"step": 4, "left": 0}
    assert verdicts["d"].values == {"step": 5, "left": 100}


def test_of_several_best_selections_the_tie_order_chooses_and_says_so() -> None:
    level = election({"a": 60, "b": 60}, 100)
    outcome = counted(level, [(["a"], 2), (["b"], 2)], "knapsack", lots=["b", "a"])
    assert outcome.funded == ("b",)
    assert outcome.selection.rounds[0]["unique"] is False
    (tie,) = outcome.selection.ties
    assert (tie.step, tie.projects, tie.decided_by) == (2, ("b", "a"), ("lots",))
    values = explain(outcome.to_json(), "a").values
    assert (values["with_it"], values["by"], values["more"]) == (2, ["lots"], 1)


def test_what_costs_nothing_is_funded_whenever_anybody_supports_it() -> None:
    outcome = counted(
        election({"a": 0, "b": 60, "c": 0}, 60),
        [(["a"], 1), (["b"], 2)],
        "knapsack",
        utility="cost",
    )
    assert set(outcome.funded) == {"a", "b"}


@pytest.mark.parametrize("style", STYLES)
def test_no_permitted_selection_is_better_and_the_tie_order_chooses_among_equals(
    style: BallotStyle,
) -> None:
    @given(limited(style, floors=True))
    @settings(max_examples=150, deadline=None)
    def check(case: Case) -> None:
        best = optima(case.election, scores(case.profile))
        if not best:
            with pytest.raises(NoSelection):
                of_case(case)
            return
        outcome = of_case(case)
        assert set(outcome.funded) == first(best, case.lots)
        assert outcome.selection.rounds[0]["unique"] is (len(best) == 1)
        contested = {n for names in best for n in names} - frozenset.intersection(*best)
        assert {name for tie in outcome.selection.ties for name in tie.projects} == contested

    check()


@given(limited(floors=True))
@settings(max_examples=100, deadline=None)
def test_the_best_selection_with_an_unfunded_project_is_told_exactly(case: Case) -> None:
    found = selections(case.election, scores(case.profile))
    if not found:
        return
    for name, verdict in of_case(case).selection.verdicts.items():
        with_it = max((score for score, names in found if name in names), default=None)
        if verdict.code == Code.NOT_IN_OPTIMUM:
            assert verdict.values["with_it"] == with_it
        elif verdict.code not in (Code.FUNDED, Code.NO_SUPPORT):
            assert with_it is None


@given(limited())
@settings(max_examples=60, deadline=None)
def test_the_votes_stated_are_enough_and_one_less_is_not_where_they_are_exact(case: Case) -> None:
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    outcome = counted(case.election, pairs, "knapsack", lots=case.lots)
    for margin in outcome.selection.margins:
        name, more = margin["project"], margin["more"]
        for extra in (1, 60) if more is None else (more - 1, more):
            ballots = [*pairs, ([name], extra)] if extra else pairs
            funded = counted(case.election, ballots, "knapsack", lots=case.lots).funded
            if margin["exact"] or extra == more:
                assert (name in funded) == (more is not None and extra >= more)


def test_equals_who_are_all_chosen_need_no_order_among_them() -> None:
    # {"a", "b"} and {"c"} are equally good; the cheaper come first, and both of them fit.
    level = election({"a": 1, "b": 1, "c": 2}, 2)
    profile = Profile.from_counts(level, [(["a"], 1), (["b"], 1), (["c"], 2)])
    outcome = count(level, profile, RuleConfig("knapsack", ties=("lower_cost",)))
    assert set(outcome.funded) == {"a", "b"}
    assert [tie.matters for tie in outcome.selection.ties] == [False]


@given(limited(), st.sampled_from([(), ("more_votes",), ("lower_cost",)]))
@settings(max_examples=100, deadline=None)
def test_a_tie_left_open_is_refused_exactly_when_its_order_matters(
    case: Case, ties: tuple[str, ...]
) -> None:
    assume(len(case.election.projects) <= 5)
    best = optima(case.election, scores(case.profile))
    votes = scores(case.profile)
    key = {
        (): lambda _project: 0,
        ("more_votes",): lambda project: -votes.get(project.id, 0),
        ("lower_cost",): lambda project: project.cost,
    }[ties]
    orders = [
        [p.id for p in sorted(order, key=key)] for order in permutations(case.election.projects)
    ]
    results = {frozenset(first(best, order)) for order in orders}
    if len(results) == 1:
        assert {frozenset(of_case(case, ties).funded)} == results
    else:
        with pytest.raises(UnresolvedTie):
            of_case(case, ties)


@pytest.mark.parametrize("utility", ["cardinality", "cost"])
@given(case=cases())
@settings(max_examples=40, deadline=None)
def test_the_total_is_that_of_another_program(case: Case, utility: str) -> None:
    oracle = Oracle(case.profile, case.lots)
    funded = max_additive_utilitarian_welfare(
        oracle._instance, oracle._ballots(), SATISFACTIONS[utility]
    )
    outcome = of_case(case, utility=utility)
    theirs = {project.name for project in funded}
    ours = outcome.contest.supports
    total = sum(
        s.score for p, s in zip(case.election.projects, ours, strict=True) if p.id in theirs
    )
    assert outcome.selection.rounds[0]["optimum"] == total


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    count = draw(st.integers(1, 8))
    numbers = st.lists(st.integers(0, 9), min_size=count, max_size=count).map(tuple)
    budget = Limit(draw(st.integers(0, 20)), draw(numbers))
    caps = [Limit(draw(st.integers(0, 12)), draw(numbers)) for _ in range(draw(st.integers(0, 2)))]
    floors = [
        Limit(-draw(st.integers(0, 9)), tuple(-weight for weight in draw(numbers)))
        for _ in range(draw(st.integers(0, 1)))
    ]
    return Problem(draw(numbers), (budget, *caps, *floors))


@given(problems(), st.lists(st.integers(0, 5), min_size=4, max_size=4), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_whatever_the_prices_the_same_best_selection_is_found(
    problem: Problem, of: list[int], scale: int
) -> None:
    losses = Losses(problem, Prices(scale, tuple(of[: len(problem.limits)])))
    search, known = losses.search(10**6), solved(problem)
    assert (search is None) == (known is None)
    if search is not None and known is not None:
        assert search.score() == known[0]
        assert Optima(search).first() == known[1].first()
        assert Optima(search).contested() == known[1].contested()


def hard() -> Problem:
    """Two limits that pull apart: prices of the budget alone leave too much open."""
    count = 60
    first_half = tuple(1000 + 37 * p % 101 for p in range(count))
    second = tuple(1000 + 53 * p % 103 if p % 2 else 0 for p in range(count))
    values = tuple(a + (b * 3 if b else 900) for a, b in zip(first_half, second, strict=True))
    return Problem(values, (Limit(sum(first_half) * 2 // 3, first_half), Limit(9_500, second)))


def test_prices_of_a_solver_shorten_what_is_too_long_without_them() -> None:
    problem = hard()
    by_solver = solver_prices(problem)
    assert all(price >= 0 for price in by_solver.of)
    search = Losses(problem, by_solver).search(1_000_000)
    assert search is not None
    found = solved(problem)
    assert found is not None
    assert found[0] == search.score()


def test_what_cannot_be_proved_is_an_error_and_never_a_guess(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prices, "MANY_STATES", 5000)
    costs = {f"p{place}": 2**40 + 7919 * place**5 % 2**39 for place in range(40)}
    subset_sums = election(costs, sum(costs.values()) // 2)
    ballots = [([name], 1) for name in costs]
    with pytest.raises(NotProved, match="No selection could be proved to be the best one"):
        counted(subset_sums, ballots, "knapsack", utility="cost")


@pytest.mark.parametrize(
    ("floors", "message"),
    [
        ({"parks": 70}, "At least 70 should be spent on parks, .* cost 60 together"),
        ({"parks": 60, "roads": 50}, "meets the floors of parks, roads and keeps to the budget"),
    ],
)
def test_floors_that_cannot_be_met_are_named(floors: dict[str, int], message: str) -> None:
    projects = (Project("a", "A", 60, ("parks",)), Project("b", "B", 50, ("roads",)))
    impossible = Election(projects, 100, BallotStyle.APPROVAL, category_floors=floors)
    with pytest.raises(NoSelection, match=message):
        counted(impossible, [(["a"], 1), (["b"], 2)], "knapsack")


def test_a_floor_funds_what_has_fewer_votes() -> None:
    projects = (Project("a", "A", 60, ("parks",)), Project("b", "B", 50, ("roads",)))
    floored = Election(projects, 100, BallotStyle.APPROVAL, category_floors={"parks": 60})
    assert counted(floored, [(["a"], 1), (["b"], 2)], "knapsack").funded == ("a",)


@pytest.mark.elections
@pytest.mark.skipif(not FOLDER.is_dir(), reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize(
    ("name", "optimum", "funded"),
    [("Poland_Warszawa_2026", 197_627, 49), ("Hungary_Budapest_2024", 117_957, 37)],
)
def test_the_best_selection_of_a_real_election(name: str, optimum: int, funded: int) -> None:
    file = read(FOLDER / f"{name}.pb")
    config = RuleConfig("knapsack", ties=("lots",))
    outcome = count(file.election, file.profile, config, lots=sorted(file.election.index))
    assert outcome.selection.rounds[0]["optimum"] == optimum
    assert len(outcome.funded) == funded
    unknown = [
        name
        for name, verdict in outcome.selection.verdicts.items()
        if verdict.code == Code.NOT_IN_OPTIMUM and "with_it" not in verdict.values
    ]
    assert len(unknown) <= 2
