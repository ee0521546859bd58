"""In which order comments stand: a pure function of votes, sides and times.

The measure is the lower bound of Wilson's 95 % score interval for the part of readers who find a
comment useful (E. B. Wilson, “Probable inference, the law of succession, and statistical
inference”, JASA 22, 1927): few votes say little, so three of three stands below 95 of 100.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from budget_app.deliberation.models import Stance

QUANTILE = 1.959963984540054
"""Of the normal distribution, for 95 %."""


class Order(StrEnum):
    FAIR = "fair"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Ranked:
    """What the place of a comment depends on, and whether it can be read there."""

    id: int
    stance: Stance
    score: float
    not_useful: int
    created_at: datetime
    is_visible: bool = True


def usefulness(useful: int, not_useful: int) -> float:
    """Between 0 and 1; 0 when nobody finds it useful."""
    votes = useful + not_useful
    if useful == 0:
        return 0.0  # exactly, so that comments nobody votes for do not differ by rounding
    part, square = useful / votes, QUANTILE**2
    spread = QUANTILE * math.sqrt((part * (1 - part) + square / (4 * votes)) / votes)
    return (part + square / (2 * votes) - spread) / (1 + square / votes)


def arranged(comments: Iterable[Ranked], order: Order) -> list[int]:
    """The ids of all comments in `order`."""
    if order is Order.FAIR:
        return fair(comments)
    by_time = sorted(comments, key=lambda each: (each.created_at, each.id))
    ids = [each.id for each in by_time]
    return ids if order is Order.OLDEST else ids[::-1]


def fair(comments: Iterable[Ranked]) -> list[int]:
    """For and against in turn, then one that takes no side, each side's most useful first.

    As long as both sides have comments left, neither is ahead by more than one. Equally useful
    ones stand by fewer “not useful”, then by time.
    """
    best = sorted(comments, key=lambda c: (-c.score, c.not_useful, c.created_at, c.id))
    sides: list[Sequence[Ranked]] = [[c for c in best if c.stance is stance] for stance in Stance]
    return [each.id for row in zip_longest(*sides) for each in row if each is not None]
