"""What an analysis says of small elections whose answers are worked out by hand."""

from fractions import Fraction

import numpy as np

from tallying.analysis import analyse
from tallying.analysis.closeness import closeness
from tallying.analysis.complaints import representation
from tallying.analysis.effective_support import effective_support
from tallying.analysis.other_rules import other_rules
from tallying.analysis.pricing import Answer, priceability
from tallying.analysis.recount import reweighted, select
from tallying.analysis.satisfaction import satisfactions
from tallying.analysis.spending import spending
from tallying.election import BallotStyle, Election, Project
from tests.tallying.factories import counted, election

BLOCS = ({"a": 1, "b": 1, "c": 1, "x": 1, "y": 1}, 3)
"""Six voters for a, b and c, three for x and y; three may be funded."""
BLOC_BALLOTS = [(["a", "b", "c"], 6), (["x", "y"], 3)]


def test_voters_with_something_funded_and_the_distribution_of_what_they_gain() -> None:
    found = satisfactions(
        counted(election({"a": 2, "b": 3}, 5), [(["a", "b"], 1), (["b"], 2), ([], 1)])
    )
    assert (found.voters, found.represented) == (4, 3)
    number, cost = found.utilities
    assert number.mean == Fraction(4, 4)
    assert number.quartiles == (0, 1, 1)
    assert [(b.least, b.most, b.voters) for b in number.buckets] == [
        (0, 0, 1),
        (1, 1, 2),
        (2, 2, 1),
    ]
    assert (cost.mean, cost.most) == (Fraction(5 + 3 + 3, 4), 5)


def test_every_voter_is_in_one_bucket_also_where_ranges_are_wide() -> None:
    outcome = counted(election({"a": 95, "b": 7}, 200), [(["a"], 4), (["b"], 5), ([], 2)])
    for utility in satisfactions(outcome).utilities:
        assert sum(bucket.voters for bucket in utility.buckets) == 11


def test_points_are_a_utility_of_their_own() -> None:
    outcome = counted(
        election({"a": 1, "b": 9}, 1, BallotStyle.POINTS), [([["a", 3], ["b", 1]], 2)]
    )
    assert [u.utility for u in satisfactions(outcome).utilities] == [
        "cardinality",
        "cost",
        "points",
    ]
    assert satisfactions(outcome).utilities[2].mean == 3


def test_a_project_of_two_categories_counts_half_in_each() -> None:
    projects = (
        Project("a", "A", 6, categories=("parks", "roads"), district="north"),
        Project("b", "B", 4, categories=("roads",), district="south"),
    )
    contest = Election(projects, 6, BallotStyle.APPROVAL)
    found = spending(counted(contest, [(["a"], 3), (["b"], 1)]))
    parks, roads = found.categories
    assert (parks.name, parks.votes, parks.spent) == ("parks", Fraction(3, 2), 3)
    assert (roads.votes, roads.spent) == (Fraction(5, 2), 3)
    assert sum(part.share_of_votes for part in found.categories) == 1
    assert [part.spent for part in found.districts] == [6, 0]


def test_what_is_funded_in_part_is_spent_in_part() -> None:
    contest = Election((Project("a", "A", 6, partial_minimum=1),), 4, BallotStyle.APPROVAL)
    outcome = counted(contest, [(["a"], 1)], parameters={"unaffordable": "partial"})
    assert spending(outcome).districts[0].spent == 4


def test_the_minority_that_greedy_leaves_out_could_complain() -> None:
    outcome = counted(election(*BLOCS), BLOC_BALLOTS)
    assert set(outcome.funded) == {"a", "b", "c"}
    found = representation(outcome)
    assert [(c.project, c.voters, c.money, c.most, c.deserved) for c in found.complaints] == [
        ("x", 3, 1, 1, 1),
        ("y", 3, 1, 1, 1),
    ]
    assert representation(counted(election(*BLOCS), BLOC_BALLOTS, "equal-shares")).satisfied


def test_a_group_with_a_little_less_than_the_price_cannot_complain() -> None:
    outcome = counted(election(*BLOCS), [(["a", "b", "c"], 7), (["x", "y"], 3)])
    assert representation(outcome).satisfied


def test_what_the_limits_shut_out_is_nobodys_to_ask_for() -> None:
    contest = election({"a": 1, "b": 1}, 2, groups={"a": "site", "b": "site"})
    found = representation(counted(contest, [(["a", "b"], 2), (["b"], 1)]))
    assert (found.satisfied, found.left_out) == (True, ("a",))


def test_equal_shares_shows_its_own_payments_as_prices() -> None:
    found = priceability(counted(election(*BLOCS), BLOC_BALLOTS, "equal-shares"))
    assert (found.answer, found.proof, found.endowment) == (Answer.YES, "payments", Fraction(1, 3))


def test_an_outcome_against_equal_money_is_refuted_by_one_project() -> None:
    """Six voters pay 3, so everybody holds at least 1/2, and three holders of 1/2 exceed 1."""
    found = priceability(counted(election(*BLOCS), BLOC_BALLOTS))
    assert (found.answer, found.proof, found.project) == (Answer.NO, "project", "x")


def test_payments_that_equal_shares_would_not_make_are_found_exactly() -> None:
    """For a and b, voters of both must spare their money for b; only unequal payments do."""
    contest = election({"a": 4, "b": 4}, 8)
    outcome = counted(contest, [(["a"], 2), (["a", "b"], 2)])
    found = priceability(outcome)
    assert set(outcome.funded) == {"a", "b"}
    assert found.answer is Answer.YES
    assert found.endowment is not None
    assert found.endowment >= 2


def test_the_smallest_change_under_greedy_is_exact() -> None:
    outcome = counted(election({"a": 1, "b": 1}, 1), [(["a"], 5), (["b"], 2)])
    found = closeness(outcome)
    assert (found.project, found.change, found.exact) == ("b", 4, True)


def test_a_change_that_jumps_over_the_other_score_is_found() -> None:
    """Scores of cost times votes, 20 to 15: two more votes for b give 21; a would have to lose 3."""
    contest = election({"a": 2, "b": 3}, 3)
    found = closeness(counted(contest, [(["a"], 10), (["b"], 5)], utility="cost"))
    assert (found.project, found.change, found.exact) == ("b", 2, True)


def test_a_change_can_also_be_a_project_that_rises_and_takes_the_money() -> None:
    """With b ahead of a, both of 3, c of 2 no longer fits: one vote between two funded projects."""
    contest = election({"a": 3, "b": 4, "c": 2}, 5)
    outcome = counted(contest, [(["a"], 3), (["b"], 3), (["c"], 2)], lots=["a", "b", "c"])
    assert set(outcome.funded) == {"a", "c"}
    found = closeness(outcome)
    assert (abs(found.change or 0), found.exact) == (1, True)


def test_for_equal_shares_the_change_that_was_tried_changes_the_outcome() -> None:
    ballots = [(["a"], 9), (["b"], 4)]
    found = closeness(counted(election({"a": 5, "b": 5}, 10), ballots, "equal-shares"))
    assert (found.project, found.exact) == ("b", False)
    assert found.change is not None
    more = [*ballots, (["b"], found.change)]
    assert "b" in counted(election({"a": 5, "b": 5}, 10), more, "equal-shares").funded


def test_effective_support_is_what_supporters_could_have_paid_at_best() -> None:
    """Everybody holds 1. Beside a at 1/2 each, b's two could pay 1 of 3; at the end they hold 2."""
    outcome = counted(
        election({"a": 2, "b": 3}, 6),
        [(["a"], 4), (["b"], 2)],
        "equal-shares",
        utility="cardinality",
    )
    found = effective_support(outcome)
    assert found is not None
    assert found.shares == (("b", Fraction(667, 1000)),)
    assert effective_support(counted(election({"a": 1}, 1), [(["a"], 1)])) is None


def test_other_rules_are_counted_with_the_same_lots() -> None:
    outcome = counted(election(*BLOCS), BLOC_BALLOTS, lots=["y", "x", "c", "b", "a"])
    shares = next(other for other in other_rules(outcome) if other.rule == "equal-shares")
    assert (set(shares.funded), shares.shared, shares.represented) == ({"c", "b", "y"}, 2, 9)


def test_a_recount_with_other_weights_is_a_count_of_those_ballots() -> None:
    contest = election({"a": 3, "b": 2, "c": 2}, 5)
    outcome = counted(contest, [(["a"], 4), (["b", "c"], 3), (["c"], 1)], "equal-shares")
    weights = np.array([1 if "a" in ballot else 5 for ballot in outcome.contest.profile.ballots])
    again = select(outcome, reweighted(outcome.contest, weights))
    assert again is not None
    fresh = counted(contest, [(["a"], 1), (["b", "c"], 5), (["c"], 5)], "equal-shares")
    assert again.funded == fresh.funded


def test_an_election_without_ballots_is_analysed_too() -> None:
    found = analyse(counted(election({"a": 1, "b": 0}, 1), []))
    assert found.satisfaction.represented == 0
    assert found.priceability.answer is Answer.YES
