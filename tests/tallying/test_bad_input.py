"""Empty, extreme and wrong input under every rule: a plain result, or one clear sentence."""

from typing import Any

import pytest

from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidBallot, InvalidElection, InvalidRule
from tallying.explanation import explain
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RULES, RuleConfig, count
from tests.tallying.factories import counted, election

LARGEST = 2**53 - 1
EVERY = [(rule.id, style) for rule in RULES.values() for style in sorted(rule.styles)]
every_rule = pytest.mark.parametrize(("rule", "style"), EVERY)


def choosing(style: BallotStyle, *names: str) -> list[Any]:
    """A ballot that names these projects, with 1 point for each where it gives points."""
    return [[name, 1] for name in names] if style.graded else list(names)


@every_rule
def test_an_election_without_projects_funds_nothing(rule: str, style: BallotStyle) -> None:
    empty = Election((), 100, style)
    for ballots in ([], [([], 3)]):
        outcome = counted(empty, ballots, rule).to_json()
        assert (outcome["funded"], outcome["projects"], outcome["unspent"]) == ([], [], 100)


@every_rule
@pytest.mark.parametrize("ballots", [[], [([], 5)]], ids=["no ballots", "blank ballots"])
def test_without_a_choice_nothing_is_funded(
    rule: str, style: BallotStyle, ballots: list[Any]
) -> None:
    outcome = counted(election({"a": 0, "b": 5}, 10, style), ballots, rule)
    assert outcome.funded == ()
    for name in "ab":
        assert explain(outcome.to_json(), name).code == "no_support"


@every_rule
def test_one_ballot_is_an_election(rule: str, style: BallotStyle) -> None:
    two = election({"a": 5, "b": 5}, 10, style)
    assert set(counted(two, [(choosing(style, "a", "b"), 1)], rule).funded) == {"a", "b"}


@every_rule
def test_what_costs_nothing_is_funded_when_anybody_supports_it(
    rule: str, style: BallotStyle
) -> None:
    free = election({"a": 0, "b": 10, "c": 0}, 10, style)
    ballots = [(choosing(style, "b"), 5), (choosing(style, "a"), 1)]
    assert "a" in counted(free, ballots, rule).funded
    assert "c" not in counted(free, ballots, rule).funded


@every_rule
def test_without_money_only_what_costs_nothing_is_funded(rule: str, style: BallotStyle) -> None:
    poor = election({"a": 0, "b": 1}, 0, style)
    assert counted(poor, [(choosing(style, "a", "b"), 2)], rule).funded == ("a",)


@every_rule
def test_what_costs_more_than_the_budget_is_kept_and_never_funded(
    rule: str, style: BallotStyle
) -> None:
    dear = election({"a": 101, "b": 100}, 100, style)
    outcome = counted(dear, [(choosing(style, "a", "b"), 3)], rule)
    assert "a" not in outcome.funded
    assert explain(outcome.to_json(), "a").verdict == "not_funded"
    assert counted(election({"a": 101}, 100, style), [(choosing(style, "a"), 3)], rule).funded == ()


@every_rule
def test_one_project_may_cost_everything(rule: str, style: BallotStyle) -> None:
    whole = election({"a": LARGEST}, LARGEST, style)
    outcome = counted(whole, [(choosing(style, "a"), 3)], rule)
    assert outcome.funded == ("a",)
    assert outcome.to_json()["unspent"] == 0
    assert outcome.to_bytes()


@every_rule
@pytest.mark.parametrize("winner", ["a", "b"])
def test_numbers_beyond_64_bits_are_counted_to_the_last_digit(
    rule: str, style: BallotStyle, winner: str
) -> None:
    """Both have LARGEST points from 4,096 voters (or as many voters), the winner one more."""
    many = LARGEST // 4 if not style.graded else 4096
    both: list[Any] = [["a", LARGEST], ["b", LARGEST]] if style.graded else ["a", "b"]
    other: list[Any] = both if style is not BallotStyle.RANKED else ["b", "a"]
    close = election({"a": LARGEST - 1, "b": LARGEST - 1}, LARGEST - 1, style)
    ballots = [(both, many), (other, many), (choosing(style, winner), 1)]
    outcome = counted(close, ballots, rule, lots=["b" if winner == "a" else "a", winner])
    assert outcome.to_bytes()
    if rule in ("greedy", "borda", "knapsack"):
        assert outcome.funded == (winner,)
    scores = {name: explain(outcome.to_json(), name).values["score"] for name in "ab"}
    assert scores[winner] > scores["b" if winner == "a" else "a"]


def test_a_sum_that_json_cannot_hold_is_written_as_text_and_read_back() -> None:
    points = election({"a": 1, "b": 1}, 1, BallotStyle.POINTS)
    ballots = [([["a", LARGEST], ["b", 1]], 3)]
    for rule in ("greedy", "knapsack"):
        outcome = counted(points, ballots, rule).to_json()
        assert outcome["projects"][0]["score"] == str(3 * LARGEST)
        assert explain(outcome, "a").values["score"] == 3 * LARGEST
    assert outcome["rounds"][0]["optimum"] == str(3 * LARGEST)
    assert explain(outcome, "b").values["optimum"] == 3 * LARGEST


def test_votes_that_nobody_could_count_are_no_number_of_votes() -> None:
    points = election({"a": 1, "b": 1}, 1, BallotStyle.POINTS)
    outcome = counted(points, [([["a", LARGEST], ["b", 1]], 3)])
    assert outcome.selection.margins == (
        {"project": "b", "more": None, "unit": "points", "exact": True},
    )


@pytest.mark.parametrize("rule", RULES)
def test_ballots_of_another_style_are_refused_in_a_sentence(rule: str) -> None:
    for style in set(BallotStyle) - RULES[rule].styles:
        with pytest.raises(InvalidRule, match=f"The rule {rule} cannot count {style} ballots"):
            counted(election({"a": 1}, 1, style), [], rule)


@pytest.mark.parametrize("style", BallotStyle)
def test_a_ballot_that_names_an_unknown_project_is_refused(style: BallotStyle) -> None:
    with pytest.raises(InvalidBallot, match="names 'x', which is no project"):
        Profile.from_counts(election({"a": 1}, 1, style), [(choosing(style, "x"), 1)])


def test_a_repeated_id_is_named_however_many_projects_there_are() -> None:
    projects = tuple(Project(f"p{number}", "", 1) for number in range(50_000))
    with pytest.raises(InvalidElection, match="Two projects have the id p49999"):
        Election((*projects, projects[-1]), 1, BallotStyle.APPROVAL)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("rule", "style", "number"),
    [
        ("greedy", BallotStyle.APPROVAL, 100_000),
        ("borda", BallotStyle.RANKED, 100_000),
        # Its time grows as the number does; a time that grew as the square would still be seen.
        ("equal-shares", BallotStyle.APPROVAL, 20_000),
    ],
)
def test_very_many_projects_are_counted(rule: str, style: BallotStyle, number: int) -> None:
    projects = tuple(Project(f"p{place}", "", 1 + place % 7) for place in range(number))
    huge = Election(projects, 500, style)
    ballots = [
        ([f"p{(voter * 977 + choice * 131) % number}" for choice in range(100)], 1 + voter)
        for voter in range(1000)
    ]
    lots = [project.id for project in projects]
    config = RuleConfig(rule, ties=("lots",))
    outcome: Outcome = count(huge, Profile.from_counts(huge, ballots), config, lots=lots)
    assert outcome.selection.spent(huge) <= huge.budget
    assert outcome.funded
