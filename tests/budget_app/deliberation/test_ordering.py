"""The order of comments is fair to both sides, and the same wherever it is worked out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_app.deliberation.models import Stance
from budget_app.deliberation.ordering import Order, Ranked, arranged, fair, usefulness

FIRST = datetime(2027, 3, 1, tzinfo=UTC)
SWAPPED = {
    Stance.FOR: Stance.AGAINST,
    Stance.AGAINST: Stance.FOR,
    Stance.NEUTRAL: Stance.NEUTRAL,
}
votes = st.integers(0, 40)


def ranked(number: int, stance: Stance, useful: int, not_useful: int, minute: int) -> Ranked:
    written = FIRST + timedelta(minutes=minute)
    return Ranked(number, stance, usefulness(useful, not_useful), not_useful, written)


@st.composite
def threads(draw: st.DrawFn) -> list[Ranked]:
    drawn = st.tuples(st.sampled_from(Stance), votes, votes, st.integers(0, 9))
    return [ranked(number, *each) for number, each in enumerate(draw(st.lists(drawn)))]


def sides(comments: list[Ranked], ids: list[int]) -> list[Stance]:
    stances = {each.id: each.stance for each in comments}
    return [stances[number] for number in ids]


@given(threads(), st.sampled_from(Order))
def test_every_comment_has_one_place_whatever_order_they_come_in(
    comments: list[Ranked], order: Order
) -> None:
    ids = arranged(comments, order)
    assert sorted(ids) == [each.id for each in comments]
    assert arranged(comments[::-1], order) == ids


@given(threads())
def test_no_side_is_ahead_by_more_than_one_while_both_have_comments_left(
    comments: list[Ranked],
) -> None:
    found = sides(comments, fair(comments))
    left = {side: found.count(side) for side in Stance}
    shown = dict.fromkeys(Stance, 0)
    for side in found:
        shown[side] += 1
        if min(left[s] - shown[s] for s in (Stance.FOR, Stance.AGAINST)) > 0:
            assert 0 <= shown[Stance.FOR] - shown[Stance.AGAINST] <= 1


@given(threads())
def test_exchanging_the_sides_exchanges_their_places_and_nothing_else(
    comments: list[Ranked],
) -> None:
    swapped = [Ranked(c.id, SWAPPED[c.stance], *_rest(c)) for c in comments]
    for side in Stance:
        ids = [n for n in fair(comments) if comments[n].stance is side]
        assert [n for n in fair(swapped) if comments[n].stance is side] == ids


def _rest(comment: Ranked) -> tuple[float, int, datetime]:
    return comment.score, comment.not_useful, comment.created_at


@given(threads())
def test_on_each_side_the_more_useful_stand_first_and_equal_ones_by_time(
    comments: list[Ranked],
) -> None:
    for side in Stance:
        places = [comments[n] for n in fair(comments) if comments[n].stance is side]
        for one, next_ in pairwise(places):
            assert (-one.score, one.not_useful, one.created_at, one.id) < (
                -next_.score,
                next_.not_useful,
                next_.created_at,
                next_.id,
            )


@given(votes, votes)
def test_one_more_reader_who_finds_it_useful_never_lowers_a_comment(yes: int, no: int) -> None:
    assert 0 <= usefulness(yes, no) <= usefulness(yes + 1, no) < 1
    assert usefulness(yes, no + 1) <= usefulness(yes, no)


@pytest.mark.parametrize(
    ("useful", "not_useful", "bound"),
    # Wilson's lower bounds at 95 % as `scipy.stats.binomtest(…).proportion_ci(method="wilson")`.
    [(0, 0, 0.0), (1, 0, 0.20655), (3, 0, 0.43850), (95, 5, 0.88825), (5, 5, 0.23659)],
)
def test_the_measure_is_wilsons_lower_bound(useful: int, not_useful: int, bound: float) -> None:
    assert usefulness(useful, not_useful) == pytest.approx(bound, abs=1e-5)


def test_newest_and_oldest_are_the_order_of_writing() -> None:
    comments = [ranked(n, Stance.FOR, n, 0, minute) for n, minute in enumerate((5, 1, 3, 3))]
    assert arranged(comments, Order.OLDEST) == [1, 2, 3, 0]
    assert arranged(comments, Order.NEWEST) == [0, 3, 2, 1]
