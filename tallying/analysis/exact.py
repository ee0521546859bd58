"""Exact numbers of distinct ballots: what voters gain, and fractions as texts."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.outcome import Outcome
from tallying.profile import Integers, Profile
from tallying.utilities import Support


def fraction_text(value: Fraction) -> str:
    """`a/b` in lowest terms, or `a` for a whole number."""
    return str(value)


def share(part: int | Fraction, whole: int | Fraction) -> Fraction:
    """A part of a whole; 0 of nothing."""
    return Fraction(part) / whole if whole else Fraction(0)


def funded_positions(outcome: Outcome) -> list[int]:
    """The positions of the projects funded in full, in the order of selection."""
    index = outcome.contest.election.index
    return [index[name] for name in outcome.funded]


def counted_alike(supports: Sequence[Support]) -> tuple[Support, ...]:
    """The same supporters, each project worth 1 to each of them."""
    return tuple(Support(s.ballots, np.ones_like(s.units), 1, s.votes, s.votes) for s in supports)


def at_cost(supports: Sequence[Support], costs: Sequence[int]) -> tuple[Support, ...]:
    """The same supporters, each project worth its cost to each of them."""
    return tuple(
        Support(s.ballots, np.ones_like(s.units), cost, s.votes, s.votes * cost)
        for s, cost in zip(supports, costs, strict=True)
    )


def exact_sums(values: NDArray[Any], weights: Integers) -> NDArray[Any]:
    """The running sums of weights · values, in 64-bit integers where they cannot overflow."""
    most = int(values.max()) * int(weights.sum()) if len(values) else 0
    if most < 2**63 and values.dtype != object:
        return np.cumsum(values * weights)
    return np.cumsum(values.astype(object) * weights.astype(object))


def canonical_order(profile: Profile) -> Integers:
    """The distinct ballots by the bytes of their choices, so that the order of a profile, which
    is not promised, decides nothing."""
    keys = [repr(ballot).encode() for ballot in profile.ballots]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
