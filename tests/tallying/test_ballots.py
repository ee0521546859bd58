from typing import Any

import pytest

from tallying.ballots import Reason, ReasonCode, canonical, check
from tallying.election import BallotStyle, Limits
from tests.tallying.factories import election

COSTS = {"a": 10, "b": 20, "ż": 30}
R = ReasonCode


@pytest.mark.parametrize(
    ("style", "limits", "choices", "reasons"),
    [
        ("approval", Limits(max_length=2), ["a", "b"], ()),
        ("approval", Limits(max_length=1), ["a", "b"], (Reason(R.TOO_MANY, None, 1),)),
        ("approval", Limits(min_length=2), ["a"], (Reason(R.TOO_FEW, None, 2),)),
        ("approval", Limits(), ["a", "x"], (Reason(R.UNKNOWN_PROJECT, "x"),)),
        ("approval", Limits(), ["a", "a"], (Reason(R.REPEATED_PROJECT, "a"),)),
        ("approval", Limits(min_length=2), [], ()),
        ("approval", Limits(blank_allowed=False), [], (Reason(R.BLANK),)),
        ("approval", Limits(), [["a", 1]], (Reason(R.MALFORMED),)),
        ("approval", Limits(), "a", (Reason(R.MALFORMED),)),
        ("knapsack", Limits(), ["a", "b", "ż"], (Reason(R.OVER_BUDGET, None, 50),)),
        ("knapsack", Limits(min_spend=30), ["a"], (Reason(R.UNDER_SPEND, None, 30),)),
        ("knapsack", Limits(min_spend=30), ["b", "ż"], ()),
        ("ranked", Limits(), ["b", "a", "b"], (Reason(R.REPEATED_PROJECT, "b"),)),
        ("points", Limits(max_points=3), [["a", 2], ["b", 1]], ()),
        ("points", Limits(max_points=3), [["a", 4]], (Reason(R.TOO_MANY_POINTS, None, 3),)),
        ("points", Limits(min_points=3), [["a", 2]], (Reason(R.TOO_FEW_POINTS, None, 3),)),
        ("points", Limits(), [["a", 0]], (Reason(R.NOT_POSITIVE, "a"),)),
        ("points", Limits(), [["a", -3]], (Reason(R.NOT_POSITIVE, "a"),)),
        ("points", Limits(), [["a", True]], (Reason(R.MALFORMED),)),
        ("points", Limits(), [["a", 1.5]], (Reason(R.MALFORMED),)),
        ("points", Limits(), ["a"], (Reason(R.MALFORMED),)),
        ("score", Limits(max_score=5), [["a", 6]], (Reason(R.SCORE_TOO_HIGH, "a", 5),)),
    ],
)
def test_every_reason_names_the_project_and_the_limit(
    style: str, limits: Limits, choices: Any, reasons: tuple[Reason, ...]
) -> None:
    the_election = election(COSTS, 50, BallotStyle(style), limits)
    assert check(the_election, choices) == reasons


def test_all_reasons_are_given_at_once() -> None:
    the_election = election(COSTS, 50, limits=Limits(max_length=2))
    codes = {reason.code for reason in check(the_election, ["a", "a", "x"])}
    assert codes == {R.REPEATED_PROJECT, R.UNKNOWN_PROJECT, R.TOO_MANY}


def test_the_canonical_form_sorts_by_the_bytes_of_the_ids() -> None:
    assert canonical(BallotStyle.APPROVAL, ["ż", "b", "Z"]) == ["Z", "b", "ż"]
    assert canonical(BallotStyle.POINTS, [("b", 1), ("a", 2)]) == [["a", 2], ["b", 1]]


def test_the_canonical_form_of_a_ranking_is_the_voters_order() -> None:
    assert canonical(BallotStyle.RANKED, ["b", "a"]) == ["b", "a"]
