"""Equal shares with bounded overspending: worked examples, and plain fractions."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.analysis.recount import funded, reweighted
from tallying.election import BallotStyle
from tallying.errors import UnresolvedTie
from tallying.formats import pabulib
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import counted, election
from tests.tallying.reference.bounded_overspending import recount
from tests.tallying.strategies import Case, cases, grouped

RULE = "bounded-overspending"
FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))


def of_case(case: Case, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": RULE, "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def test_almost_everybody_buys_what_almost_all_of_the_money_pays() -> None:
    # Papasotiropoulos et al. 2024, section 3: 403 of 414 voters want what costs the whole budget.
    # Equal shares funds only the small project of the other 11.
    the_election = election({"large": 310_000, "small": 6_000}, 310_000)
    votes = [(["large"], 403), (["small"], 11)]
    assert counted(the_election, votes, "equal-shares").funded == ("small",)
    outcome = counted(the_election, votes, RULE)
    assert outcome.funded == ("large",)
    assert outcome.selection.rounds[0]["alpha"].startswith("0.97342995")


def test_whoever_would_pay_in_vain_for_a_weak_supporter_is_not_asked_to() -> None:
    # The same, "tail utilities": one of 100 voters gives "a" a single point. Equal shares asks
    # so much per point of everybody that "b", which all like a little, comes first.
    the_election = election({"a": 1, "b": 1}, 1, BallotStyle.POINTS)
    votes = [([["a", 100], ["b", 2]], 99), ([["a", 1], ["b", 2]], 1)]
    assert counted(the_election, votes, "equal-shares").funded == ("b",)
    assert counted(the_election, votes, RULE).funded == ("a",)


def test_six_projects_of_ten_voters() -> None:
    costs = {"a": 300, "b": 400, "c": 300, "d": 240, "e": 170, "f": 100}
    votes = [
        (["a"], 1),
        (["a", "b", "c", "e"], 1),
        (["a", "b", "c"], 3),
        (["a", "b", "f"], 1),
        (["d", "e"], 2),
        (["d", "e", "f"], 1),
        (["c", "d", "f"], 1),
    ]
    outcome = counted(election(costs, 1000), votes, RULE)
    # Each holds 100, and ratios are ρ / α per unit of cost. "a": 6 pay 50, 50/300. "c": four then
    # hold 50 and one 100; at λ = 50 they pay 5/6 of 300, so ρ = 60: 72/300, before 60/240 for "d".
    # "d" then takes 40 of one and a third of 200 of three, and "f" is all that still fits.
    assert outcome.funded == ("a", "c", "d", "f")
    first, second, third = outcome.selection.rounds[:3]
    assert (first["alpha"], first["full_pays"], first["paid"]) == ("1", "50", "300")
    assert (second["alpha"][:8], second["full_pays"], second["paid"]) == ("0.833333", "60", "260")
    assert (third["alpha"], third["full_pays"], third["short"]) == ("1", "66.666666", 1)


def test_a_tie_without_an_order_is_refused() -> None:
    level = election({"a": 50, "b": 50}, 100)
    config = RuleConfig(RULE, ties=("more_votes",))
    with pytest.raises(UnresolvedTie):
        count(level, Profile.from_counts(level, [(["a"], 1), (["b"], 1)]), config)


@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}])
def test_without_votes_nothing_is_funded(
    costs: dict[str, int], ballots: list[tuple[list[str], int]]
) -> None:
    assert counted(election(costs, 5), ballots, RULE).funded == ()


def test_what_costs_nothing_is_funded_and_what_exceeds_the_budget_is_not() -> None:
    outcome = counted(election({"a": 11, "b": 0}, 10), [(["a", "b"], 3)], RULE)
    assert outcome.funded == ("b",)
    assert outcome.selection.verdicts["a"].values == {"step": 1, "left": 10}
    nothing = counted(election({"a": 1, "b": 0}, 0), [(["a", "b"], 3)], RULE)
    assert nothing.funded == ("b",)


def test_one_project_may_take_the_whole_budget_whatever_its_size() -> None:
    largest = 2**53 - 1
    assert counted(election({"a": largest}, largest), [(["a"], 3)], RULE).funded == ("a",)
    close = election({"a": 2**52 + 1, "b": 2**52}, largest)
    outcome = counted(close, [(["a"], 1), (["b"], 1)], RULE, utility="cardinality", lots=["a", "b"])
    assert outcome.funded == ("b",)
    assert not outcome.selection.ties


def test_money_left_can_go_to_the_most_voted() -> None:
    the_election = election({"a": 60, "b": 20, "c": 30}, 100)
    votes = [(["a"], 6), (["a", "c"], 1), (["b"], 3)]
    assert counted(the_election, votes, RULE, completion="greedy").funded[:2] == ("a", "b")


def same(outcome: Outcome) -> None:
    assert outcome.to_json() == recount(outcome).to_json()


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@given(case=cases(least_cost=0), completion=st.sampled_from(["none", "greedy"]))
@settings(max_examples=120, deadline=None)
def test_the_outcome_is_that_of_plain_fractions(case: Case, completion: str, utility: str) -> None:
    same(of_case(case, utility=utility, completion=completion))


@pytest.mark.parametrize("style", [BallotStyle.POINTS, BallotStyle.SCORE, BallotStyle.RANKED])
def test_grades_and_ranks_give_the_outcome_of_plain_fractions(style: BallotStyle) -> None:
    @given(case=cases(style, least_cost=0))
    @settings(max_examples=80, deadline=None)
    def check(case: Case) -> None:
        same(of_case(case))

    check()


@given(case=grouped())
@settings(max_examples=60, deadline=None)
def test_groups_give_the_outcome_of_plain_fractions(case: Case) -> None:
    same(of_case(case))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="needs PB_PABULIB")
@pytest.mark.parametrize("name", ["Poland_Gdansk_2020_Rudniki", "Switzerland_Zurich_D10"])
def test_a_real_election_gives_the_outcome_of_plain_fractions(name: str) -> None:
    file = pabulib.read(FOLDER / f"{name}.pb")
    config = RuleConfig(RULE, ties=("more_votes", "lots"))
    same(count(file.election, file.profile, config, lots=sorted(file.election.index)))


def test_who_is_counted_no_times_in_a_recount_holds_no_money() -> None:
    outcome = counted(
        election({"a": 6, "b": 3, "c": 3}, 9),
        [(["a", "b"], 2), (["b"], 1), (["c"], 1)],
        RULE,
    )
    absent = [ballot == ("b",) for ballot in outcome.contest.profile.ballots]
    weights = np.where(absent, 0, outcome.contest.profile.weights)
    assert funded(outcome, reweighted(outcome.contest, weights))[0] == ("a", "c")
