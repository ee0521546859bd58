"""Equal shares at float speed against plain fractions: the same outcome, to the byte."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle
from tallying.errors import UnresolvedTie
from tallying.formats import pabulib
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.raising import Raising
from tests.tallying.factories import counted as counted_votes
from tests.tallying.factories import election
from tests.tallying.reference.equal_shares import recount
from tests.tallying.strategies import Case, cases, grouped, limited

FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))
FILES = sorted(FOLDER.glob("*.pb"))
SIZES = {file: file.stat().st_size for file in FILES}
SMALL = [file for file in FILES if SIZES[file] < 30_000]
"""One by one takes minutes for more voters."""
MEDIUM = [file for file in FILES if SIZES[file] < 2_000_000]
"""Up to 30,000 voters and 200 projects; twice as many do not take another way through the count."""
COMPLETIONS = ("none", "greedy", "add1", "add1-greedy")

parameters = st.fixed_dictionaries(
    {
        "integral": st.booleans(),
        "exhaustive": st.booleans(),
        "compare": st.booleans(),
        "step": st.integers(1, 2),
    }
)


def real(path: Path) -> Case:
    file = pabulib.read(path)
    return Case(file.election, file.profile, tuple(sorted(file.election.index)))


def counted(case: Case, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": "equal-shares", "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def check(case: Case, **options: object) -> None:
    outcome = counted(case, **options)
    assert outcome.to_bytes() == recount(outcome).to_bytes()


@pytest.mark.parametrize("completion", COMPLETIONS)
@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@given(case=cases(least_cost=0), chosen=parameters)
@settings(max_examples=35, deadline=None)
def test_approvals_give_the_outcome_of_plain_fractions(
    case: Case, chosen: dict[str, object], utility: str, completion: str
) -> None:
    check(case, utility=utility, completion=completion, parameters=chosen)


@pytest.mark.parametrize("completion", COMPLETIONS)
@pytest.mark.parametrize(
    "style", [BallotStyle.POINTS, BallotStyle.RANKED, BallotStyle.SCORE, BallotStyle.KNAPSACK]
)
def test_every_style_gives_the_outcome_of_plain_fractions(
    style: BallotStyle, completion: str
) -> None:
    @given(cases(style), parameters)
    @settings(max_examples=25, deadline=None)
    def run(case: Case, chosen: dict[str, object]) -> None:
        check(case, completion=completion, parameters=chosen)

    run()


@pytest.mark.parametrize("completion", COMPLETIONS)
@given(case=grouped())
@settings(max_examples=25, deadline=None)
def test_exclusive_groups_give_the_outcome_of_plain_fractions(case: Case, completion: str) -> None:
    check(case, completion=completion)


@pytest.mark.parametrize("completion", COMPLETIONS)
@pytest.mark.parametrize("style", [BallotStyle.KNAPSACK, BallotStyle.POINTS])
def test_districts_and_categories_give_the_outcome_of_plain_fractions(
    style: BallotStyle, completion: str
) -> None:
    @given(limited(style), parameters)
    @settings(max_examples=25, deadline=None)
    def run(case: Case, chosen: dict[str, object]) -> None:
        check(case, completion=completion, parameters=chosen)

    run()


@given(case=cases(), factor=st.integers(5, 60), chosen=parameters)
@settings(max_examples=150, deadline=None)
def test_jumping_over_many_raises_gives_the_outcome_of_plain_fractions(
    case: Case, factor: int, chosen: dict[str, object]
) -> None:
    projects = tuple(
        replace(project, cost=project.cost * factor + place)
        for place, project in enumerate(case.election.projects)
    )
    larger = replace(case.election, projects=projects, budget=case.election.budget * factor)
    profile = Profile.from_counts(larger, [(c, n) for c, n in case.profile.pairs()])
    check(Case(larger, profile, case.lots), completion="add1", parameters=chosen)


@given(cases())
@settings(max_examples=100, deadline=None)
def test_an_open_tie_is_refused_at_the_same_step_as_when_raising_one_by_one(case: Case) -> None:
    config = RuleConfig("equal-shares", ties=("more_votes",), completion="add1")
    reported = count(case.election, case.profile, config, report_open_ties=True)
    plain = recount(reported)
    assert reported.to_bytes() == plain.to_bytes()
    if not plain.open_ties:
        count(case.election, case.profile, config)
        return
    with pytest.raises(UnresolvedTie) as refused:
        count(case.election, case.profile, config)
    first = next(tie for tie in plain.selection.ties if tie.matters)
    assert (refused.value.step, refused.value.projects) == (first.step, first.open[0])


def test_nobody_loses_a_project_to_the_rounding_of_floats() -> None:
    """Ten voters who hold a tenth each hold the whole budget; a sum of floats says they do not.

    So do the 61 voters of Zabrze 2020, Osiedle Młodego Górnika, with 150,000 złoty.
    """
    for voters, budget in ((61, 150_000), (10, 1)):
        outcome = counted_votes(election({"a": budget}, budget), [(["a"], voters)], "equal-shares")
        assert sum([budget / voters] * voters) < budget
        assert outcome.funded == ("a",)


def test_a_remainder_that_floats_take_for_nothing_is_still_spent() -> None:
    """After "a", each of 3 voters holds a third of a unit; a float says a quarter, too little."""
    huge = 3 * 2**50
    outcome = counted_votes(
        election({"a": huge, "b": 1}, huge + 1), [(["a", "b"], 3)], "equal-shares"
    )
    assert outcome.funded == ("a", "b")
    assert outcome.selection.rounds[1]["full_pays"] == "0.333333"
    assert outcome.to_bytes() == recount(outcome).to_bytes()


def test_whole_numbers_beyond_64_bits_are_counted_exactly() -> None:
    large = 2**52
    costs = {"a": large, "b": large - 1, "c": 7}
    votes = [
        ([["a", large], ["b", large - 1]], 3),
        ([["a", 1], ["c", large]], 2**40),
        ([["b", large]], 2**41 + 1),
        ([["c", 3], ["b", 2]], 5),
    ]
    outcome = counted_votes(
        election(costs, 2 * large - 1, BallotStyle.POINTS), votes, "equal-shares", utility="points"
    )
    assert max(support.score for support in outcome.contest.supports) > 2**64
    assert outcome.selection == recount(outcome).selection


def test_who_is_short_by_less_than_floats_can_tell_pays_all_they_have() -> None:
    """After "a" the first voter holds half a share, one unit less than the second pays for "b"."""
    share = 2**50
    the_election = election({"a": share // 2, "b": share + 1}, 2 * share, BallotStyle.POINTS)
    votes = [([["a", 10], ["b", 1]], 1), ([["b", 1]], 1)]
    outcome = counted_votes(the_election, votes, "equal-shares")
    assert outcome.funded == ("a", "b")
    assert outcome.selection.rounds[1]["rho"] == f"{share // 2 + 1}/1"
    assert (outcome.selection.rounds[1]["full"], outcome.selection.rounds[1]["short"]) == (1, 1)
    assert outcome.to_bytes() == recount(outcome).to_bytes()


def test_single_points_beside_sums_beyond_floats_are_counted_exactly() -> None:
    votes = [([["a", 2**52], ["b", 1]], 3), ([["b", 1]], 2)]
    the_election = election({"a": 5, "b": 8}, 20, BallotStyle.POINTS)
    outcome = counted_votes(the_election, votes, "equal-shares", utility="points")
    assert outcome.funded == ("a", "b")
    assert outcome.selection == recount(outcome).selection


def test_who_pays_exactly_all_they_hold_is_not_short_in_a_count_between_two_others() -> None:
    """With 12 each, "a" takes 8 of five voters and "b" the 4 that they have left."""
    costs = {"a": 40, "b": 40, "c": 91}
    votes = [([["a", 10], ["b", 1]], 5), ([["b", 1]], 5), ([["c", 1]], 7)]
    outcome = counted_votes(
        election(costs, 170, BallotStyle.POINTS), votes, "equal-shares", completion="add1"
    )
    assert outcome.selection.completion["add1"]["raises"] == 2
    assert (outcome.selection.rounds[1]["full"], outcome.selection.rounds[1]["short"]) == (10, 0)
    assert outcome.to_bytes() == recount(outcome).to_bytes()


def test_points_still_count_when_a_quarter_of_the_supporters_are_out_of_money() -> None:
    costs = {"a": 3, "b": 5, "c": 8, "d": 7, "e": 12}
    ballots = [
        [["a", 7], ["c", 8], ["d", 4]],
        [["a", 5], ["d", 8]],
        [["a", 8], ["c", 9], ["e", 3]],
        [["a", 7], ["b", 2]],
        [["c", 4]],
        [["d", 3]],
    ]
    the_election = election(costs, 23, BallotStyle.POINTS)
    profile = Profile.from_counts(the_election, ((ballot, 1) for ballot in ballots))
    check(Case(the_election, profile, tuple("abcde")), utility="points")


def test_equal_purchases_at_two_endowments_do_not_hide_others_between_them() -> None:
    """The outcomes at several pairs of endowments are the same where one between differs."""
    votes = [(["c"], 3), (["b"], 1), ([], 7), (["b", "c"], 3), (["a", "c"], 3)]
    costs = {"a": 60, "b": 110, "c": 470}
    outcome = counted_votes(election(costs, 930), votes, "equal-shares", completion="add1")
    assert outcome.to_bytes() == recount(outcome).to_bytes()


def test_projects_that_always_tie_do_not_make_add1_count_every_step() -> None:
    """They have the same supporters and cost, so they tie however much everybody holds."""
    costs = {"a": 40_000, "b": 40_000, "c": 60_000}
    votes = [(["a", "b"], 90), (["c"], 10)]
    outcome = counted_votes(election(costs, 100_000), votes, "equal-shares", completion="add1")
    raising = Raising(outcome.contest)
    assert raising.selection().completion["add1"]["raises"] == 4_999
    assert 2 < raising.runs < 100
    assert outcome.to_bytes() == recount(outcome).to_bytes()


@pytest.mark.elections
@pytest.mark.timeout(300)
@pytest.mark.skipif(not FILES, reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize("path", MEDIUM, ids=[file.stem for file in MEDIUM])
def test_real_elections_give_the_outcome_of_plain_fractions(path: Path) -> None:
    check(real(path), completion="greedy")


@pytest.mark.elections
@pytest.mark.timeout(300)
@pytest.mark.skipif(not FILES, reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize("path", SMALL, ids=[file.stem for file in SMALL])
def test_raising_real_shares_by_jumps_is_raising_them_one_by_one(path: Path) -> None:
    check(real(path), completion="add1")
