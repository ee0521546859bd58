"""Canaries: what is committed to, what is found again, and how surely an alteration is."""

import json
from dataclasses import asdict, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.ballots import check
from tallying.election import BallotStyle, Limits
from tallying.evidence import canonical
from tallying.evidence.canaries import (
    Canary,
    Fate,
    NoCanary,
    altered_at_least,
    detection,
    make,
    take_out,
)
from tallying.sealing.seal import plain_ballot
from tests.tallying.factories import election

NONCES = [bytes([number]) * 16 for number in range(6)]


def ballot(number: int, *choices: str) -> bytes:
    return plain_ballot(list(choices), NONCES[number])


def canary(number: int, *choices: str) -> Canary:
    return Canary("north", list(choices), canonical.b64u(NONCES[number]))


def test_a_commitment_is_the_hash_of_box_choices_and_nonce() -> None:
    text = b'{"box":"north","choices":["a"],"nonce":"AAAAAAAAAAAAAAAAAAAAAA"}'
    assert canary(0, "a").commitment == canonical.b64u(sha256(text).digest())


def test_canaries_are_taken_out_and_an_altered_one_is_found() -> None:
    bodies = [ballot(0, "a"), ballot(1, "b"), ballot(2, "c"), ballot(3, "a"), b"nonsense"]
    taken = take_out(bodies, [canary(1, "b"), canary(2, "a"), canary(5, "a")])
    assert taken.bodies == [ballot(0, "a"), ballot(3, "a"), b"nonsense"]
    assert list(taken.fates.values()) == [Fate.FOUND, Fate.ALTERED, Fate.MISSING]
    assert taken.removed == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_copy_of_a_canary_with_other_choices_counts_as_altered(order: tuple[int, int]) -> None:
    bodies = [ballot(0, "a"), ballot(0, "b")]
    taken = take_out([bodies[n] for n in order], [canary(0, "a")])
    assert (taken.bodies, taken.removed) == ([], 2)
    assert list(taken.fates.values()) == [Fate.ALTERED]


STYLES = {
    BallotStyle.APPROVAL: Limits(min_length=2, max_length=3),
    BallotStyle.RANKED: Limits(max_length=3),
    BallotStyle.POINTS: Limits(max_points=10, min_points=10),
    BallotStyle.SCORE: Limits(max_score=5),
    BallotStyle.KNAPSACK: Limits(),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_canary_is_a_valid_ballot_of_its_box(style: BallotStyle) -> None:
    contest = election({"a": 10, "b": 20, "c": 30, "d": 40}, budget=50)
    contest = replace(contest, style=style, limits=STYLES[style])
    made = [make(contest, "north") for _ in range(50)]
    assert not any(check(contest, item.choices) for item in made)
    assert len({item.nonce for item in made}) == 50
    assert len({canonical.dumps(item.choices) for item in made}) > 3
    assert Canary.from_json(json.loads(json.dumps(asdict(made[0])))) == made[0]


def test_a_box_without_a_valid_ballot_has_no_canary() -> None:
    contest = election({"a": 10}, budget=5)
    with pytest.raises(NoCanary, match="No valid ballot"):
        make(replace(contest, style=BallotStyle.KNAPSACK), "north")


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"box": "north", "choices": "a", "nonce": canonical.b64u(NONCES[0])},
        {"box": "north", "choices": [], "nonce": "short"},
        {"box": 1, "choices": [], "nonce": canonical.b64u(NONCES[0])},
    ],
)
def test_what_is_no_canary_is_refused(value: Any) -> None:
    with pytest.raises(NoCanary):
        Canary.from_json(value)


def test_the_chance_of_detection_is_exact() -> None:
    assert detection(1, 4, 2) == Fraction(7, 16)
    assert detection(50, 10_000, 300) == 1 - Fraction(199, 200) ** 300
    assert detection(0, 10, 10) == 0
    assert detection(10, 10, 1) == 1


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_more_canaries_and_more_alterations_are_found_more_surely(n: int, m: int, k: int) -> None:
    if max(m, k) >= n:
        with pytest.raises(ValueError, match="cannot be altered"):
            detection(max(m, k) + 1, max(m, k), k)
        return
    assert detection(m, n, k) <= detection(m + 1, n, k) <= 1
    assert detection(m, n, k) <= detection(m, n, k + 1)


@pytest.mark.parametrize(
    ("margins", "altered"),
    [
        ([{"more": 7, "unit": "votes", "exact": True}], 4),
        ([{"more": 8, "unit": "votes", "exact": True}, {"more": None, "exact": True}], 4),
        ([{"more": 7, "unit": "points", "exact": True}], None),
        ([{"more": 7, "unit": "votes", "exact": False}], None),
        ([], None),
    ],
)
def test_half_of_the_missing_votes_must_be_altered(
    margins: list[dict[str, Any]], altered: int | None
) -> None:
    assert altered_at_least({"margins": margins}) == altered
