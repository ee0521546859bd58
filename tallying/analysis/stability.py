"""How much the result owes to chance: recounts of resampled voters.

Each recount draws as many voters as there were, with replacement, and counts their ballots by the
same rule (the bootstrap: Efron 1979, "Bootstrap methods: another look at the jackknife"). The
share of recounts that fund a project estimates how often it would be funded by voters like these.
N recounts leave that share uncertain: by the bounds of Wilson 1927, "Probable inference, the law
of succession, and statistical inference", it lies between `least` and `most` with the stated
confidence, for each project taken alone.

The draws are whole numbers from numpy's `RandomState`, whose streams numpy keeps as they are
(NEP 19), so a seed gives the same report everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import Any

import numpy as np

from tallying.analysis import recount
from tallying.analysis.exact import canonical_order, fraction_text
from tallying.outcome import Outcome
from tallying.profile import Integers

CONFIDENCE = Fraction(95, 100)
QUANTILE = 1.959963984540054
"""Of the normal distribution, for two-sided bounds at the confidence above."""
DIGITS = 1000


@dataclass(frozen=True)
class Resampling:
    """How often is counted again, and the seed of the draws (0 to 2³² − 1)."""

    recounts: int
    seed: int


@dataclass(frozen=True)
class Stable:
    """One project: in how many recounts it was funded, and bounds of the share."""

    project: str
    funded: bool
    times: int
    least: Fraction
    most: Fraction

    def to_json(self) -> dict[str, Any]:
        """The project's numbers as a value of JSON."""
        return {
            "project": self.project,
            "funded": self.funded,
            "times": self.times,
            "least": fraction_text(self.least),
            "most": fraction_text(self.most),
        }


@dataclass(frozen=True)
class Stability:
    """All projects, sorted by id. `same` recounts fund exactly the outcome's projects; in
    `left_open` a tie that mattered was taken by the bytes of the ids."""

    resampling: Resampling
    same: int
    left_open: int
    projects: tuple[Stable, ...]

    def to_json(self) -> dict[str, Any]:
        """The recounts as a value of JSON."""
        return {
            "recounts": self.resampling.recounts,
            "seed": self.resampling.seed,
            "confidence": fraction_text(CONFIDENCE),
            "same": self.same,
            "left_open": self.left_open,
            "projects": [project.to_json() for project in self.projects],
        }


def stability(
    outcome: Outcome, resampling: Resampling, progress: Callable[[int, int], None] | None = None
) -> Stability:
    """Count resampled voters again and again; `progress` hears of each recount."""
    contest, times = outcome.contest, dict.fromkeys(outcome.contest.election.index, 0)
    random = np.random.RandomState(resampling.seed)
    order = canonical_order(contest.profile)
    owners = np.repeat(order, contest.profile.weights[order])
    funded, same, left_open = set(outcome.funded), 0, 0
    for number in range(resampling.recounts):
        weights = _draw(random, owners, len(contest.profile.weights))
        again, open_tie = recount.funded(outcome, recount.reweighted(contest, weights))
        for name in again:
            times[name] += 1
        same += set(again) == funded
        left_open += open_tie
        if progress is not None:
            progress(number + 1, resampling.recounts)
    return Stability(
        resampling=resampling,
        same=same,
        left_open=left_open,
        projects=tuple(
            Stable(name, name in funded, times[name], *bounds(times[name], resampling.recounts))
            for name in sorted(times, key=str.encode)
        ),
    )


def bounds(times: int, recounts: int) -> tuple[Fraction, Fraction]:
    """Wilson's bounds of a share, rounded outwards to thousandths."""
    if not recounts:
        return Fraction(0), Fraction(1)
    square = QUANTILE**2
    middle = (times + square / 2) / (recounts + square)
    reach = (
        QUANTILE / (recounts + square) * sqrt(times * (recounts - times) / recounts + square / 4)
    )
    least = max(0, floor((middle - reach) * DIGITS)) if times else 0
    most = min(DIGITS, ceil((middle + reach) * DIGITS)) if times < recounts else DIGITS
    return Fraction(least, DIGITS), Fraction(most, DIGITS)


def _draw(random: np.random.RandomState, owners: Integers, ballots: int) -> Integers:
    """Weights of the distinct ballots after drawing as many voters, with replacement."""
    if not len(owners):
        return np.zeros(ballots, dtype=np.int64)
    drawn = random.randint(0, len(owners), size=len(owners), dtype=np.int64)
    return np.bincount(owners[drawn], minlength=ballots).astype(np.int64)
