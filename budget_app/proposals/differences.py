"""What differs between two texts, word by word."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_COMPARISONS = 1_000_000
"""Anybody may ask for a difference, so its work is bounded: longer texts are compared by lines."""


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stands in both versions, or in one."""

    change: Change
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """The pieces of both texts in reading order; removed words stand before those in their place."""
    for split in (_words, _lines):
        before, after = split(old), split(new)
        head = _shared(before, after)
        tail = _shared(before[head:][::-1], after[head:][::-1])
        ends = (len(before) - tail, len(after) - tail)
        middle = (before[head : ends[0]], after[head : ends[1]])
        if len(middle[0]) * len(middle[1]) <= MOST_COMPARISONS:
            start, rest = "".join(after[:head]), "".join(after[ends[1] :])
            return _joined([(Change.SAME, start), *_compared(*middle), (Change.SAME, rest)])
    return _joined([(Change.REMOVED, old), (Change.ADDED, new)])


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"(\s+)", text) if word]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _shared(one: list[str], other: list[str]) -> int:
    """How many of the first entries are the same."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _compared(before: list[str], after: list[str]) -> list[tuple[Change, str]]:
    white: Callable[[str], bool] = str.isspace
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(white, before, after).get_opcodes():
        if tag == "equal":
            pieces.append((Change.SAME, "".join(after[j1:j2])))
        else:
            pieces.append((Change.REMOVED, "".join(before[i1:i2])))
            pieces.append((Change.ADDED, "".join(after[j1:j2])))
    return pieces


def _joined(pieces: list[tuple[Change, str]]) -> list[Piece]:
    return [Piece(change, text) for change, text in pieces if text]
