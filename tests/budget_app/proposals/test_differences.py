"""Differences of texts: readable, complete, and bounded in time."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_app.proposals.differences import Change, Piece, difference

SAME, ADDED, REMOVED = Change.SAME, Change.ADDED, Change.REMOVED
TEXTS = st.text("ab \n", max_size=60)


def test_words_are_compared_not_letters() -> None:
    assert difference("a red roof for all", "a green roof for us all") == [
        Piece(SAME, "a "),
        Piece(REMOVED, "red"),
        Piece(ADDED, "green"),
        Piece(SAME, " roof for"),
        Piece(ADDED, " us"),
        Piece(SAME, " all"),
    ]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_difference(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.change is not ADDED) == old
    assert "".join(p.text for p in pieces if p.change is not REMOVED) == new


@pytest.mark.parametrize("words", [["a", "b"], [str(n) for n in range(100)], ["x\n", "y\n"]])
def test_hostile_texts_take_no_long_time(words: list[str]) -> None:
    lots = random.Random(1)
    old, new = (" ".join(lots.choices(words, k=5000)) for _ in range(2))
    started = time.process_time()
    difference(old, new)
    assert time.process_time() - started < 3
