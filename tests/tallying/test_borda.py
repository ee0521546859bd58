from tallying.election import BallotStyle, Limits
from tallying.explanation import explain
from tests.tallying.factories import counted, election


def scores(limits: Limits) -> dict[str, int]:
    ranked = election({"a": 1, "b": 1, "c": 1, "d": 1}, 4, BallotStyle.RANKED, limits)
    outcome = counted(ranked, [(["b", "a"], 2), (["c", "b", "a"], 1)], "borda").to_json()
    return {name: explain(outcome, name).values["score"] for name in "abcd"}


def test_the_length_limit_is_the_highest_score_on_short_ballots_too() -> None:
    assert scores(Limits(max_length=3)) == {"a": 5, "b": 8, "c": 3, "d": 0}


def test_without_a_limit_the_number_of_projects_is_the_highest_score() -> None:
    assert scores(Limits()) == {"a": 8, "b": 11, "c": 4, "d": 0}


def test_a_rank_beyond_the_limit_gives_nothing() -> None:
    assert scores(Limits(max_length=2)) == {"a": 2, "b": 5, "c": 2, "d": 0}
