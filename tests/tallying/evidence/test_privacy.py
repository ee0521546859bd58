"""What is published of ballots, and which numbers are told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.election import BallotStyle
from tallying.evidence.privacy import (
    Done,
    Terms,
    box_report,
    is_within,
    publication,
    truncated,
)
from tallying.evidence.suppression import hidden_cells, reconciled

TERMS = Terms()
RANKED, APPROVAL, SCORE = BallotStyle.RANKED, BallotStyle.APPROVAL, BallotStyle.SCORE


def classes(line: dict[str, Any]) -> list[int | None]:
    return [band["voters"] for band in line["classes"]]


def test_the_report_says_how_many_voters_share_a_ballot() -> None:
    pairs = [(["a"], 60), (["b"], 30)]
    pairs += [([f"d{n}"], 1) for n in range(20)] + [([f"e{n}"], 4) for n in range(5)]
    line = box_report("north", APPROVAL, pairs, TERMS)
    assert classes(line) == [20, 0, 20, 0, 90]
    assert (line["ballots"], line["distinct"], line["unique_permille"]) == (130, 27, 153)
    assert (line["done"], line["reason"], line["keep"]) == ("published", None, None)


def test_a_small_class_is_not_told_nor_what_would_let_it_be_worked_out() -> None:
    pairs = [(["a"], 60), (["b"], 50), ([], 5), (["c"], 1), (["d"], 1), (["e"], 8), (["f"], 4)]
    line = box_report("north", APPROVAL, pairs, TERMS)
    # Of the classes 2, 0, 4, 13 and 110 the first and third are small, and 6 together: 13 joins.
    assert classes(line) == [None, 0, None, None, 110]
    assert line["distinct"] is None
    assert line["unique_permille"] is None


def test_the_numbers_of_a_handful_of_ballots_are_not_told() -> None:
    line = box_report("north", APPROVAL, [(["a"], 9)], TERMS)
    assert (line["done"], line["reason"]) == ("merged", "fewer_than_10_ballots")
    assert {line[name] for name in ("ballots", "classes", "distinct", "unique_permille")} == {None}


def test_fewer_than_a_hundred_ballots_are_withheld_and_counted_in_the_report() -> None:
    line = box_report("north", APPROVAL, [(["a"], 99)], TERMS)
    assert (line["done"], line["reason"], line["ballots"]) == (
        "withheld", "fewer_than_100_ballots", 99,
    )  # fmt: skip


def rankings(tail: int) -> list[tuple[list[str], int]]:
    """120 ballots that agree on two projects, of which `tail` are unique in the third."""
    unique = [(["a", "b", f"c{n}"], 1) for n in range(tail)]
    return [*unique, (["a", "b", "d"], 120 - tail)]


def test_rankings_are_cut_where_too_many_are_unique() -> None:
    assert publication(RANKED, rankings(24), TERMS).done is Done.PUBLISHED  # exactly one fifth
    cut = publication(RANKED, rankings(25), TERMS)
    assert (cut.done, cut.keep, cut.reason) == (Done.TRUNCATED, 2, "too_many_unique")
    assert cut.pairs == ((("a", "b"), 120),)


def test_rankings_that_stay_unique_however_short_are_withheld() -> None:
    pairs = [([f"c{n}", "a"], 1) for n in range(120)]
    assert publication(RANKED, pairs, TERMS) == publication(SCORE, graded(pairs), TERMS)
    assert publication(RANKED, pairs, TERMS).done is Done.WITHHELD


def graded(pairs: list[tuple[list[str], int]]) -> list[tuple[list[Any], int]]:
    return [([[name, 5 - n] for n, name in enumerate(names)], count) for names, count in pairs]


def test_of_points_the_highest_are_kept_and_of_equal_ones_the_first_id() -> None:
    pairs = [([["a", 1], ["b", 3], ["c", 3]], 2), ([["b", 3], ["d", 2]], 1)]
    assert dict(truncated(SCORE, pairs, 1)) == {(("b", 3),): 3}
    assert dict(truncated(SCORE, pairs, 2)) == {
        (("b", 3), ("c", 3)): 2,
        (("b", 3), ("d", 2)): 1,
    }


def test_approvals_have_no_first_projects_and_are_published_whole() -> None:
    pairs = [([f"c{n}"], 1) for n in range(120)]
    assert publication(APPROVAL, pairs, TERMS).done is Done.PUBLISHED


choices = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(st.lists(st.tuples(choices, st.integers(1, 3)), min_size=1, max_size=60))
def test_what_is_cut_keeps_every_ballot_and_is_as_long_as_it_may_be(
    drawn: list[tuple[list[str], int]],
) -> None:
    pairs = [(list(key), n) for key, n in {tuple(key): n for key, n in drawn}.items()]
    pairs.append((["z"], 100))
    terms = Terms(most_unique_permille=60)
    public = publication(RANKED, pairs, terms)
    if public.done is not Done.WITHHELD:
        assert sum(n for _, n in public.pairs) == sum(n for _, n in pairs)
        assert is_within(public.pairs, terms)
    if public.keep is not None:
        assert not is_within(truncated(RANKED, pairs, public.keep + 1), terms)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 40, "b": 30}, ""),
        ({"a": 40, "b": 3}, "ab"),
        ({"a": 40, "b": 30, "c": 0}, "bc"),
        ({"a": 40, "b": 12, "c": 3, "d": 4}, "bcd"),
        ({"a": 40, "b": 12, "c": 8, "d": 4}, "cd"),
        ({"a": 4}, "a"),
    ],
)
def test_hidden_cells_are_two_at_least_and_not_small_together(
    counts: dict[str, int], hidden: str
) -> None:
    assert hidden_cells(counts, 10) == set(hidden)


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 40)), st.integers(10, 20))
def test_no_small_number_is_the_sum_less_what_is_shown(counts: dict[int, int], least: int) -> None:
    hidden = hidden_cells(counts, least)
    assert all(number >= least for name, number in counts.items() if name not in hidden)
    if hidden and len(hidden) < len(counts):
        assert len(hidden) > 1
        assert sum(counts[name] for name in hidden) >= least


def test_the_reconciliation_does_not_let_a_small_box_be_worked_out() -> None:
    numbers = {"superseded": 1, "into_peel": 119, "valid": 119}
    lines = [
        {"box": "north", "accepted": 120, "result": 119, **numbers},
        {"box": "south", "accepted": 7, "result": 6, **numbers},
        {"box": "west", "accepted": 60, "result": 59, **numbers},
    ]
    north, south, west = reconciled(lines, 10)
    assert north == lines[0]
    assert set(south.values()) == {"south", None}
    assert (west["accepted"], west["superseded"], west["into_peel"]) == (None, None, 119)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"least_ballots": 99}, ["least_ballots"]),
        ({"least_cell": 9}, ["least_cell"]),
        ({"most_unique_permille": 1001}, ["most_unique_permille"]),
        ({"least_ballots": 500, "least_cell": 20, "most_unique_permille": 0}, []),
    ],
)
def test_terms_that_protect_less_than_any_round_may_are_named(
    changes: dict[str, int], problems: list[str]
) -> None:
    assert Terms(**changes).problems == problems
