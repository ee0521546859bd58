"""Maximin support: worked examples, every set of projects, and another program."""

import os
from fractions import Fraction
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
from tests.tallying.factories import counted, election
from tests.tallying.oracle import Oracle
from tests.tallying.reference.maximin_support import load, recount
from tests.tallying.strategies import Case, cases, grouped

RULE = "maximin-support"
FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))


def of_case(case: Case, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": RULE, "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def loads(outcome: Outcome) -> list[Fraction | None]:
    rounds = outcome.selection.rounds
    return [None if r["load"] is None else Fraction(r["load"]) for r in rounds]


def test_supporters_of_several_projects_shift_what_they_carry() -> None:
    # "a" alone burdens its three supporters with 2 each. With "b" the one who supports both
    # leaves "a" to the others: 12 over four voters. "c" has nobody who could shift anything.
    the_election = election({"a": 6, "b": 6, "c": 4}, 16)
    votes = [(["a"], 2), (["a", "b"], 1), (["b"], 1), (["c"], 1)]
    outcome = counted(the_election, votes, RULE)
    assert outcome.funded == ("a", "b", "c")
    assert loads(outcome) == [2, 3, 4]


def test_phragmen_does_not_undo_what_was_paid_and_this_rule_does() -> None:
    the_election = election({"a": 6, "b": 6, "c": 7}, 13)
    votes = [(["a"], 2), (["a", "b"], 1), (["b"], 1), (["c"], 2)]
    assert counted(the_election, votes, "phragmen").funded == ("a", "c")
    assert counted(the_election, votes, RULE).funded == ("a", "b")


def test_what_no_longer_fits_is_passed_over() -> None:
    outcome = counted(election({"a": 6, "b": 5, "c": 4}, 10), [(["a", "b", "c"], 2)], RULE)
    assert outcome.funded == ("c", "b")
    assert outcome.selection.verdicts["a"].code == "too_expensive_when_reached"
    assert outcome.selection.verdicts["a"].values == {"step": 3, "left": 1}


def test_a_tie_without_an_order_is_refused() -> None:
    level = election({"a": 50, "b": 50}, 100)
    config = RuleConfig(RULE, ties=("more_votes",))
    with pytest.raises(UnresolvedTie):
        count(level, Profile.from_counts(level, [(["a"], 1), (["b"], 1)]), config)


def test_what_costs_nothing_needs_no_order() -> None:
    free = election({"a": 0, "b": 0, "c": 0}, 0)
    outcome = count(free, Profile.from_counts(free, [(["a", "b"], 1)]), RuleConfig(RULE))
    assert set(outcome.funded) == {"a", "b"}


@pytest.mark.parametrize("ballots", [[], [([], 3)]])
@pytest.mark.parametrize("costs", [{}, {"a": 1}])
def test_without_votes_nothing_is_funded(
    costs: dict[str, int], ballots: list[tuple[list[str], int]]
) -> None:
    assert counted(election(costs, 5), ballots, RULE).funded == ()


def test_loads_beyond_64_bits_are_exact() -> None:
    largest = 2**53 - 1
    half = largest // 2
    the_election = election({"a": half, "b": half, "c": half - 1}, largest)
    many = 2**40 + 1
    votes = [(["a"], many), (["a", "b"], 1), (["b", "c"], many), (["c"], many - 1)]
    outcome = counted(the_election, votes, RULE)
    assert loads(outcome)[:2] == [Fraction(half - 1, 2 * many - 1), Fraction(half, many + 1)]
    assert outcome.funded == ("c", "a")


def same(outcome: Outcome) -> None:
    assert outcome.to_json() == recount(outcome).to_json()


@pytest.mark.parametrize("style", [BallotStyle.APPROVAL, BallotStyle.POINTS])
def test_the_outcome_is_that_of_looking_at_every_set(style: BallotStyle) -> None:
    @given(case=cases(style, least_cost=0))
    @settings(max_examples=150, deadline=None)
    def check(case: Case) -> None:
        same(of_case(case))

    check()


@given(case=grouped())
@settings(max_examples=80, deadline=None)
def test_groups_give_the_outcome_of_looking_at_every_set(case: Case) -> None:
    same(of_case(case))


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_many_ballots_over_few_projects_give_the_loads_of_every_set(data: st.DataObject) -> None:
    ids = list("abcdefgh")
    costs = {name: data.draw(st.integers(1, 10**6)) for name in ids}
    ballots = data.draw(
        st.lists(
            st.tuples(st.lists(st.sampled_from(ids), unique=True, max_size=4), st.integers(1, 999)),
            min_size=15,
            max_size=40,
        )
    )
    outcome = counted(election(costs, sum(costs.values())), ballots, RULE)
    positions = [outcome.contest.election.index[name] for name in outcome.funded]
    expected = [load(outcome.contest, positions[:k]) for k in range(1, len(positions) + 1)]
    assert loads(outcome) == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what pabutools calls
@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_the_count_funds_what_the_oracle_funds(case: Case) -> None:
    """pabutools solves a linear programme in floats, so only counts without ties are compared."""
    outcome = of_case(case)
    if not outcome.selection.ties:
        assert set(outcome.funded) == Oracle(case.profile, case.lots).maximin_support()


@pytest.mark.skipif(not FOLDER.is_dir(), reason="needs PB_PABULIB")
def test_a_real_election_is_funded_as_by_looking_at_every_set() -> None:
    file = pabulib.read(FOLDER / "Poland_Gdansk_2020_Rudniki.pb")
    config = RuleConfig(RULE, ties=("lots",))
    lots = sorted(file.election.index)
    outcome = count(file.election, file.profile, config, lots=lots)
    assert outcome.funded
    same(outcome)
