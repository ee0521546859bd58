"""Which ballots a box takes, in every style, and that the envelope tells nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.ballots import ReasonCode
from tallying.election import BallotStyle, Election, Limits, Project
from tallying.evidence.envelopes import open_envelope
from voting import ballots
from voting.errors import InvalidBallot

PROJECTS = tuple(Project(name, name.upper(), 100) for name in "abcd")


def election(style: BallotStyle, **limits: Any) -> Election:
    return Election(PROJECTS, 250, style, Limits(**limits))


APPROVAL = election(BallotStyle.APPROVAL, max_length=2)
KNAPSACK = election(BallotStyle.KNAPSACK, min_spend=150)
RANKED = election(BallotStyle.RANKED, max_length=3)
POINTS = election(BallotStyle.POINTS, max_length=3, max_points=10)
SCORE = election(BallotStyle.SCORE, max_score=5)
STYLES = [APPROVAL, KNAPSACK, RANKED, POINTS, SCORE]


def reasons(box: Election, choices: Any) -> list[tuple[str, str | None, int | None]]:
    """Why the box refuses these choices, sent as they are."""
    body = json.dumps({"choices": choices, "v": 1}, separators=(",", ":")).encode()
    with pytest.raises(InvalidBallot) as refused:
        ballots.parse(box, body)
    return [(found.code, found.project_id, found.limit) for found in refused.value.reasons]


@pytest.mark.parametrize(
    ("box", "sent", "read"),
    [
        (APPROVAL, ["b", "a"], ["a", "b"]),
        (KNAPSACK, ["d", "a"], ["a", "d"]),
        (RANKED, ["c", "a", "b"], ["c", "a", "b"]),
        (POINTS, [["b", 7], ["a", 3]], [["a", 3], ["b", 7]]),
        (SCORE, [["d", 5], ["a", 1]], [["a", 1], ["d", 5]]),
    ],
    ids=lambda value: value.style.value if isinstance(value, Election) else "",
)
def test_each_style_reads_its_ballots_in_canonical_order(
    box: Election, sent: Any, read: Any
) -> None:
    assert ballots.parse(box, ballots.encode(box.style, sent)) == read


@pytest.mark.parametrize("box", STYLES, ids=lambda box: box.style.value)
def test_a_blank_ballot_is_valid_where_the_round_allows_it(box: Election) -> None:
    assert ballots.parse(box, ballots.encode(box.style, [])) == []
    strict = election(box.style, blank_allowed=False)
    assert reasons(strict, []) == [(ReasonCode.BLANK, None, None)]


@pytest.mark.parametrize(
    ("box", "choices", "expected"),
    [
        (APPROVAL, ["z"], (ReasonCode.UNKNOWN_PROJECT, "z", None)),
        (APPROVAL, ["a", "a"], (ReasonCode.REPEATED_PROJECT, "a", None)),
        (APPROVAL, ["a", "b", "c"], (ReasonCode.TOO_MANY, None, 2)),
        (KNAPSACK, ["a", "b", "c"], (ReasonCode.OVER_BUDGET, None, 250)),
        (KNAPSACK, ["a"], (ReasonCode.UNDER_SPEND, None, 150)),
        (RANKED, ["a", "b", "a"], (ReasonCode.REPEATED_PROJECT, "a", None)),
        (RANKED, ["a", "b", "c", "d"], (ReasonCode.TOO_MANY, None, 3)),
        (POINTS, [["a", 11]], (ReasonCode.TOO_MANY_POINTS, None, 10)),
        (POINTS, [["a", -1]], (ReasonCode.NOT_POSITIVE, "a", None)),
        (POINTS, [["a", 0]], (ReasonCode.NOT_POSITIVE, "a", None)),
        (POINTS, [["a", 1], ["a", 2]], (ReasonCode.REPEATED_PROJECT, "a", None)),
        (SCORE, [["a", 6]], (ReasonCode.SCORE_TOO_HIGH, "a", 5)),
        (SCORE, [["z", 5]], (ReasonCode.UNKNOWN_PROJECT, "z", None)),
    ],
)
def test_a_ballot_beyond_its_limits_is_refused_with_project_and_limit(
    box: Election, choices: Any, expected: tuple[Any, ...]
) -> None:
    assert expected in reasons(box, choices)


def test_every_reason_is_listed() -> None:
    assert len(reasons(APPROVAL, ["z", "y", "a", "a"])) == 4


@pytest.mark.parametrize(
    ("box", "choices"),
    [
        (APPROVAL, "a"),
        (APPROVAL, {"a": 1}),
        (APPROVAL, None),
        (APPROVAL, [1]),
        (APPROVAL, [["a", 1]]),
        (APPROVAL, [None]),
        (RANKED, [["a"]]),
        (POINTS, ["a"]),
        (POINTS, [["a"]]),
        (POINTS, [["a", 1, 2]]),
        (POINTS, [["a", "1"]]),
        (POINTS, [["a", True]]),
        (POINTS, [["a", 1.5]]),
        (POINTS, [["a", 1e3]]),
        (POINTS, [["a", None]]),
        (SCORE, [[1, "a"]]),
        (SCORE, [["a", 10**400]]),
        (SCORE, [["a", float("nan")]]),
    ],
    ids=repr,
)
def test_a_ballot_of_the_wrong_shape_is_malformed(box: Election, choices: Any) -> None:
    assert reasons(box, choices) == [(ReasonCode.MALFORMED, None, None)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"choices":["a"]}',
        b'{"choices":["a"],"v":2}',
        b'{"choices":["a"],"v":"1"}',
        b'{"choices":["a"],"v":true}',
        b'{"choices":["a"],"extra":1,"v":1}',
        b'{"choices":["a"],"choices":["b"],"v":1}',
        b'{"v":1,"choices":["a"]}',
        b'{"choices": ["a"], "v": 1}',
        b'{"choices":["a"],"v":1}\x00',
        b"[" * 100_000,
        b'{"choices":["\\u0061"],"v":1}',
    ],
)
def test_what_is_not_a_plain_ballot_is_malformed(body: bytes) -> None:
    with pytest.raises(InvalidBallot) as refused:
        ballots.parse(APPROVAL, body)
    assert [found.code for found in refused.value.reasons] == [ReasonCode.MALFORMED]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with pytest.raises(InvalidBallot):
        ballots.parse(APPROVAL, body)


@pytest.mark.parametrize("box", STYLES, ids=lambda box: box.style.value)
def test_every_valid_ballot_fits_and_all_envelopes_have_one_length(box: Election) -> None:
    size = ballots.padded_size(box)
    assert size % 256 == 0
    most = box.limits.max_score or box.limits.max_points or 0
    full: list[Any] = [[name, most] if box.style.graded else name for name in "abcd"]
    lengths = {
        len(ballots.envelope(ballots.encode(box.style, full[:count]), size)) for count in range(5)
    }
    assert lengths == {32 + size}


def test_the_size_grows_with_the_names() -> None:
    names = tuple(Project(f"{'long' * 20}-{number}", "", 1) for number in range(20))
    size = ballots.padded_size(Election(names, 20, BallotStyle.APPROVAL))
    body = ballots.encode(BallotStyle.APPROVAL, [project.id for project in names])
    assert len(body) <= size < len(body) + 256


def test_equal_ballots_have_different_envelopes_that_open_alike() -> None:
    body = ballots.encode(BallotStyle.APPROVAL, ["a"])
    first, second = ballots.envelope(body, 256), ballots.envelope(body, 256)
    assert first != second
    assert open_envelope(first) == open_envelope(second) == body


def test_a_ballot_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidBallot):
        ballots.envelope(b"x" * 257, 256)
