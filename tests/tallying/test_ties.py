from hashlib import sha256

import pytest

from tallying.errors import InvalidRule, UnresolvedTie
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import election

LEVEL = election({"a": 60, "b": 50, "c": 50}, 60)
VOTES = [(["a"], 2), (["b"], 2), (["c"], 2)]


def winner(*ties: str, **options: object) -> str:
    outcome = count(
        LEVEL,
        Profile.from_counts(LEVEL, VOTES),
        RuleConfig("greedy", ties=ties),
        **options,  # type: ignore[arg-type]
    )
    (first,) = outcome.funded
    return first


def test_the_dearer_or_the_cheaper_comes_first_as_the_order_says() -> None:
    assert winner("higher_cost", "lots", lots=["c", "b", "a"]) == "a"
    assert winner("lower_cost", "lots", lots=["c", "b", "a"]) == "c"


def test_lots_are_taken_in_the_order_drawn() -> None:
    assert winner("lots", lots=["b", "a", "c"]) == "b"


def test_a_seed_orders_by_its_hash_with_the_id() -> None:
    for number in range(8):
        seed = bytes([number]) * 32
        first = min("abc", key=lambda name: sha256(seed + b"\x1f" + name.encode()).digest())
        assert winner("seed", seed=seed) == first


def test_what_an_order_leaves_open_is_named_with_its_step() -> None:
    with pytest.raises(UnresolvedTie, match="at step 1: b, c") as refused:
        winner("more_votes", "lower_cost")
    assert (refused.value.projects, refused.value.step) == (("b", "c"), 1)


def test_an_open_tie_can_be_reported_instead_and_is_recorded() -> None:
    outcome = count(
        LEVEL,
        Profile.from_counts(LEVEL, VOTES),
        RuleConfig("greedy", ties=("lower_cost",)),
        report_open_ties=True,
    )
    assert outcome.open_ties == (("b", "c"),)
    (tie,) = outcome.to_json()["ties"]
    assert tie == {
        "step": 1,
        "projects": ["b", "c", "a"],
        "decided_by": ["lower_cost"],
        "open": [["b", "c"]],
        "matters": True,
        "raises": None,
    }


@pytest.mark.parametrize(
    ("ties", "options", "message"),
    [
        (("lots",), {}, "^The tie order asks for lots, and none were drawn.$"),
        (("lots",), {"lots": ["a", "b"]}, "leave out project c"),
        (("lots",), {"lots": ["a", "b", "c", "a"]}, "twice"),
        (("seed",), {}, "seed of 32 bytes"),
        (("seed",), {"seed": b"short"}, "seed of 32 bytes"),
    ],
)
def test_an_order_without_what_it_asks_for_is_refused(
    ties: tuple[str, ...], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidRule, match=message):
        winner(*ties, **options)
