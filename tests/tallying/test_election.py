from typing import Any

import pytest

from tallying.election import BallotStyle, Election, Limits, Project
from tallying.errors import InvalidBallot, InvalidElection
from tallying.profile import Profile
from tests.tallying.factories import election


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Project("", "A", 1), "no id"),
        (lambda: Project("a", "A", -1), "cost of project a"),
        (lambda: Project("a", "A", 2**53), "cost of project a"),
        (lambda: Project("a", "A", 1.5), "not a whole number"),  # type: ignore[arg-type]
        (lambda: Project("a", "A", True), "not a whole number"),
        (lambda: election({"a": 1}, -1), "budget"),
        (lambda: Limits(min_length=3, max_length=2), "more projects than it may"),
        (lambda: Limits(min_points=3, max_points=2), "more points than it may"),
        (lambda: Limits(max_length=0), "max_length"),
        (lambda: Election((Project("a", "", 1),) * 2, 1, BallotStyle.SCORE), "have the id a"),
        (lambda: Election.from_json({"projects": []}), "This is no election"),
        (lambda: Election.from_json({"projects": [3]}), "This is no election"),
    ],
)
def test_what_makes_no_election_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidElection, match=message):
        make()


def test_an_election_survives_writing_and_reading() -> None:
    the_election = Election(
        (Project("a", "A", 5, ("parks",), "north", "square", 2, 3),),
        9,
        BallotStyle.SCORE,
        Limits(max_score=5),
        "EUR",
        2,
    )
    assert Election.from_json(the_election.to_json()) == the_election


@pytest.mark.parametrize(
    ("style", "choices", "count"),
    [
        ("approval", ["x"], 1),
        ("approval", ["a", "a"], 1),
        ("approval", [["a", 1]], 1),
        ("approval", [3], 1),
        ("approval", ["a"], 0),
        ("approval", ["a"], True),
        ("points", ["a"], 1),
        ("points", [["a", 0]], 1),
        ("points", [["a", 2**60]], 1),
        ("points", [["a", 1, 2]], 1),
    ],
)
def test_a_ballot_that_cannot_be_counted_is_refused(style: str, choices: Any, count: int) -> None:
    with pytest.raises(InvalidBallot):
        Profile.from_counts(election({"a": 1, "b": 1}, 2, BallotStyle(style)), [(choices, count)])


def test_equal_ballots_are_merged_whatever_their_order() -> None:
    the_election = election({"a": 1, "b": 1}, 2)
    profile = Profile.from_counts(the_election, [(["b", "a"], 2), ([], 1), (["a", "b"], 3)])
    assert profile.pairs() == [[["a", "b"], 5], [[], 1]]
    assert (profile.total, profile.blank) == (6, 1)
