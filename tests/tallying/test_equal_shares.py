from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from tallying.election import BallotStyle, Election, Project
from tallying.errors import UnresolvedTie
from tallying.explanation import explain
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.market import Market, Stall
from tests.tallying.factories import counted, election
from tests.tallying.strategies import Case, cases, grouped

# Peters, Pierczyński, Skowron 2021, section 1: one district's projects have most votes, and
# greedy would spend everything there.
DISTRICTS = election({"a": 50, "b": 50, "c": 30, "d": 30}, 100)
DISTRICT_VOTES = [(["a", "b"], 6), (["c", "d"], 4)]


def test_a_minority_gets_its_share_where_greedy_gives_it_nothing() -> None:
    assert set(counted(DISTRICTS, DISTRICT_VOTES).funded) == {"a", "b"}
    assert set(counted(DISTRICTS, DISTRICT_VOTES, "equal-shares").funded) == {"a", "c"}


def test_each_pays_the_same_as_long_as_they_can() -> None:
    # Everyone holds 10. "a" costs its 4 supporters 6 each, and two of them then hold 4: just
    # what "b" costs each of its 4 supporters.
    the_election = election({"a": 24, "b": 16}, 60)
    outcome = counted(the_election, [(["a"], 2), (["a", "b"], 2), (["b"], 2)], "equal-shares")
    assert outcome.funded == ("a", "b")
    first, second = outcome.selection.rounds
    assert (first["full"], first["full_pays"], first["short"]) == (4, "6", 0)
    assert (second["full"], second["full_pays"], second["short"]) == (4, "4", 0)


def test_the_price_is_exact_when_some_are_short() -> None:
    # 3 voters hold 10 each. "a" takes 5 from two of them; "b" costs 20: two pay 5, one pays 10.
    the_election = election({"a": 10, "b": 20}, 30)
    outcome = counted(
        the_election, [(["a", "b"], 2), (["b"], 1)], "equal-shares", utility="cardinality"
    )
    assert outcome.funded == ("a", "b")
    assert outcome.selection.rounds[1]["rho"] == "10/1"
    assert outcome.selection.rounds[1]["short"] == 2


def test_an_unfunded_project_says_what_its_supporters_held_and_what_they_paid_for() -> None:
    outcome = counted(DISTRICTS, DISTRICT_VOTES, "equal-shares")
    why = explain(outcome.to_json(), "d")
    assert why.code == "supporters_short"
    assert why.values["held"] == 10
    assert why.values["used"] == [["c", 30]]
    assert not why.values["exact"]


@pytest.mark.parametrize("completion", ["none", "greedy", "add1"])
def test_the_stated_number_of_further_voters_is_enough(completion: str) -> None:
    options = {"rule": "equal-shares", "completion": completion}
    if completion == "add1":
        options["parameters"] = {"integral": True}  # type: ignore[assignment]
    outcome = counted(DISTRICTS, DISTRICT_VOTES, **options)
    assert outcome.selection.margins
    for margin in outcome.selection.margins:
        again = counted(
            DISTRICTS, [*DISTRICT_VOTES, ([margin["project"]], margin["more"])], **options
        )
        assert margin["project"] in again.funded


def test_greedy_completion_spends_what_is_left_and_says_so() -> None:
    outcome = counted(DISTRICTS, DISTRICT_VOTES, "equal-shares")
    assert outcome.to_json()["unspent"] == 20
    smaller = election({"a": 50, "b": 50, "c": 30, "d": 20}, 100)
    filled = counted(
        smaller, [(["a", "b"], 7), (["c"], 3), (["d"], 2)], "equal-shares", completion="greedy"
    )
    assert filled.funded == ("a", "b")
    assert explain(filled.to_json(), "a").code == "funded"
    assert explain(filled.to_json(), "b").code == "funded_by_completion"
    why = explain(filled.to_json(), "c")
    assert (why.code, why.values["held"]) == ("too_expensive_when_reached", 25)


def test_greedy_completion_looks_at_scores_and_names_what_it_added() -> None:
    # "c" has the greater score per cost, "b" the greater score.
    votes = [(["b"], 3), (["c"], 2), ([], 10)]
    outcome = counted(election({"b": 90, "c": 30}, 95), votes, "equal-shares", completion="greedy")
    assert outcome.funded == ("b",)
    assert outcome.selection.completion == {"greedy": {"first_step": 1, "funded": ["b"]}}
    assert outcome.selection.verdicts["b"].values["completion"] == "greedy"


def test_free_projects_that_tie_need_no_order_unless_they_exclude_each_other() -> None:
    votes, config = [(["a", "b"], 2)], RuleConfig("equal-shares")
    free = election({"a": 0, "b": 0}, 10)
    assert set(count(free, Profile.from_counts(free, votes), config).funded) == {"a", "b"}
    rivals = election({"a": 0, "b": 0}, 10, groups={"a": "square", "b": "square"})
    with pytest.raises(UnresolvedTie):
        count(rivals, Profile.from_counts(rivals, votes), config)


def test_comparing_counts_only_voters_who_gain_more() -> None:
    outcome = counted(
        DISTRICTS, [*DISTRICT_VOTES, ([], 1)], "equal-shares", parameters={"compare": True}
    )
    account = outcome.selection.completion["compare"]
    assert (account["higher_with_equal_shares"], account["higher_with_greedy"]) == (4, 6)
    assert account["chosen"] == "greedy"
    alike = counted(
        election({"a": 10}, 10), [(["a"], 2)], "equal-shares", parameters={"compare": True}
    )
    account = alike.selection.completion["compare"]
    assert (account["higher_with_equal_shares"], account["higher_with_greedy"]) == (0, 0)


def test_each_project_that_lacks_votes_is_told_how_many_are_enough() -> None:
    costs = {"a": 60, "b": 60, "c": 60, "x": 500}
    outcome = counted(election(costs, 100), [(["a"], 3), (["b"], 1), (["c"], 1)], "equal-shares")
    assert outcome.funded == ("a",)
    assert [(m["project"], m["exact"]) for m in outcome.selection.margins] == [
        ("b", False),
        ("c", False),
        ("x", True),
    ]


def test_enough_votes_are_enough_where_shares_are_whole_units_of_a_hundred() -> None:
    projects = (Project("a", "A", 2_000), Project("b", "B", 2_500))
    cents = Election(projects, 4_000, BallotStyle.APPROVAL, minor_digits=2)
    votes = [(["a"], 5), (["b"], 2)]
    options = {"rule": "equal-shares", "completion": "add1", "parameters": {"integral": True}}
    (margin,) = counted(cents, votes, **options).selection.margins
    assert counted(cents, [*votes, (["b"], margin["more"])], **options).funded == ("b",)
    more = margin["more"]
    assert more * (4_000 // (7 + more) // 100 * 100) >= 2_500


def test_add1_keeps_the_last_outcome_within_the_budget() -> None:
    # 10 voters hold 10; "c" needs 12.5 of each of its 2 supporters and "a" 10 of 8: at 13 both
    # are bought for 105 > 100, so the outcome at 12 stands.
    the_election = election({"a": 80, "c": 25}, 100)
    outcome = counted(the_election, [(["a"], 8), (["c"], 2)], "equal-shares", completion="add1")
    assert outcome.funded == ("a",)
    account = outcome.selection.completion["add1"]
    assert account == {"raises": 2, "first_share": "10", "share": "12", "ended": "overrun"}


def test_add1_raises_until_every_supported_project_is_funded() -> None:
    the_election = election({"a": 70, "c": 25, "x": 1}, 100)
    outcome = counted(the_election, [(["a"], 8), (["c"], 2)], "equal-shares", completion="add1")
    assert set(outcome.funded) == {"a", "c"}
    assert outcome.selection.completion["add1"]["ended"] == "all_funded"


def test_add1_with_exhaustive_ends_when_nothing_fits_any_more() -> None:
    the_election = election({"a": 80, "b": 30, "c": 25}, 100)
    outcome = counted(
        the_election,
        [(["a"], 8), (["b"], 1), (["c"], 1)],
        "equal-shares",
        completion="add1",
        parameters={"exhaustive": True},
    )
    assert outcome.selection.completion["add1"]["ended"] == "exhaustive"
    assert outcome.selection.completion["add1"]["raises"] == 0


def test_add1_raises_by_whole_units_of_the_currency_and_may_begin_with_them() -> None:
    cents = replace(election({"a": 8000, "c": 2500}, 10055), minor_digits=2)
    votes = [(["a"], 8), (["c"], 2)]
    whole = counted(
        cents, votes, "equal-shares", completion="add1", parameters={"integral": True, "step": 2}
    )
    assert whole.selection.completion["add1"]["first_share"] == "1000"
    assert whole.selection.completion["add1"]["share"] == "1200"
    exact = counted(cents, votes, "equal-shares", completion="add1")
    assert exact.selection.completion["add1"]["first_share"] == "1005.5"
    assert exact.selection.completion["add1"]["share"] == "1205.5"


def test_the_comparison_takes_greedy_only_when_strictly_more_voters_gain() -> None:
    # Equal shares funds a and c; greedy funds a and b: 6 voters gain, 4 lose.
    outcome = counted(DISTRICTS, DISTRICT_VOTES, "equal-shares", parameters={"compare": True})
    assert set(outcome.funded) == {"a", "b"}
    assert outcome.selection.completion["compare"]["chosen"] == "greedy"
    even = [(["a", "b"], 6), (["c", "d"], 4), (["c"], 2)]
    stays = counted(
        election({"a": 50, "b": 50, "c": 48, "d": 90}, 100),
        even,
        "equal-shares",
        parameters={"compare": True},
    )
    account = stays.selection.completion["compare"]
    assert account["chosen"] == "equal-shares"
    assert account["higher_with_greedy"] == account["higher_with_equal_shares"]


def test_an_open_tie_between_prices_publishes_nothing() -> None:
    the_election = election({"a": 10, "b": 10}, 20)
    profile = Profile.from_counts(the_election, [(["a", "b"], 2)])
    with pytest.raises(UnresolvedTie) as refused:
        count(the_election, profile, RuleConfig("equal-shares", ties=("more_votes",)))
    assert refused.value.projects == ("a", "b")


def test_an_election_without_ballots_funds_nothing() -> None:
    for completion in ("none", "greedy", "add1"):
        outcome = counted(DISTRICTS, [], "equal-shares", completion=completion)
        assert outcome.funded == ()


@given(grouped())
@settings(max_examples=80, deadline=None)
def test_no_completion_overspends_or_breaks_a_group(case: Case) -> None:
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    group_of = {p.id: p.exclusive_group for p in case.election.projects}
    for completion in ("none", "greedy", "add1"):
        outcome = counted(case.election, pairs, "equal-shares", case.lots, completion=completion)
        assert outcome.to_json()["unspent"] >= 0
        taken = [group_of[name] for name in outcome.funded if group_of[name]]
        assert len(taken) == len(set(taken))


@pytest.mark.parametrize("style", [BallotStyle.APPROVAL, BallotStyle.POINTS])
def test_payments_are_a_price_system(style: BallotStyle) -> None:
    """Peters, Skowron 2020: each voter pays at most the endowment, only for what they support;
    a funded project gets its cost; the supporters of an unfunded one hold less than its cost."""

    @given(cases(style))
    @settings(max_examples=80, deadline=None)
    def check(case: Case) -> None:
        pairs = [(choices, times) for choices, times in case.profile.pairs()]
        contest = counted(case.election, pairs, "equal-shares", case.lots).contest
        share = Fraction(case.election.budget, case.profile.total)
        market = Market(Stall(contest), share).run()
        held = [share] * len(contest.profile.weights)
        for step, purchase in enumerate(market.purchases):
            support = contest.supports[purchase.position]
            short, paid = set(market.purses.short[step].tolist()), Fraction(0)
            for ballot, units in zip(support.ballots.tolist(), support.units.tolist(), strict=True):
                dropped = market.purses.dropped[ballot] < step
                payment = held[ballot] if ballot in short else purchase.per_unit * units
                payment = Fraction(0) if dropped else payment
                assert ballot not in short or payment < purchase.per_unit * units
                held[ballot] -= payment
                assert held[ballot] >= 0
                paid += payment * int(contest.profile.weights[ballot])
            assert paid == case.election.projects[purchase.position].cost
        for project, support in zip(case.election.projects, contest.supports, strict=True):
            if project.id not in market.bought:
                left = sum(
                    held[b] * int(contest.profile.weights[b]) for b in support.ballots.tolist()
                )
                assert left < project.cost or not support.votes

    check()


@given(cases())
@settings(max_examples=80, deadline=None)
def test_no_group_has_a_justified_claim_beyond_one_project(case: Case) -> None:
    """EJR+ up to one project (Brill, Peters 2023), by cost, in the polynomial form: for an unfunded
    p, the supporters whose utility stays below any bound once p is added cannot afford it."""
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    funded = set(counted(case.election, pairs, "equal-shares", case.lots).funded)
    cost = {p.id: p.cost for p in case.election.projects}
    for name in set(cost) - funded:
        group = [
            (sum(cost[other] for other in choices if other in funded), times)
            for choices, times in pairs
            if name in choices
        ]
        for bound in sorted({utility for utility, _ in group}):
            members = sum(times for utility, times in group if utility <= bound)
            # With `members` of n voters, the group deserves budget · members / n ≥ bound + cost.
            deserved = Fraction(case.election.budget * members, case.profile.total)
            assert not deserved > bound + cost[name]
