"""The times at which voters pay, for rules under which everyone earns money at the same pace."""

from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.utilities import Support

Floats = NDArray[np.float64]
ROUNDING = 2.0**-53


class Clock:
    """When each distinct ballot paid last: `last[i]` is an event, and event 0 the beginning.

    The time of event e is `exact[e] / unit`, in unbounded integers over a common denominator;
    `approximate[e]` is the same rounded once, with a relative error of at most u = 2⁻⁵³.
    """

    def __init__(self, weights: Integers) -> None:
        self.weights = weights.astype(np.float64)
        self.last: Integers = np.zeros(len(weights), dtype=np.int64)
        self.unit = 1
        self.exact = [0]
        self.approximate: Floats = np.zeros(1)

    @property
    def error(self) -> float:
        """A bound on the relative error of `about`, u · (number of events + 8).

        Counts of voters are integers below 2⁵³, and so exact. A sum of N non-negative products is
        off by a relative (N + 1) u at most with times that are off by u themselves; adding the
        cost and dividing take two more roundings.
        """
        return ROUNDING * (len(self.exact) + 8)

    def payers(self, support: Support) -> Floats:
        """How many supporters paid last at each event; shape (events,)."""
        events = self.last[support.ballots]
        weights = self.weights[support.ballots]
        return np.bincount(events, weights, len(self.exact)).astype(np.float64, copy=False)

    def about(self, payers: Floats, cost: int, votes: int) -> float:
        """When the supporters together hold the cost, within `error`."""
        return (cost + float(payers @ self.approximate)) / votes

    def when(self, payers: Floats, cost: int, votes: int) -> Fraction:
        """The same, exactly: (c + Σ r_i) / |N|."""
        events = np.flatnonzero(payers).tolist()
        since = sum(int(payers[event]) * self.exact[event] for event in events)
        return Fraction(cost * self.unit + since, votes * self.unit)

    def pay(self, support: Support, time: Fraction) -> None:
        """All supporters pay what they hold, and begin again."""
        factor = time.denominator // gcd(time.denominator, self.unit)
        if factor > 1:
            self.unit *= factor
            self.exact = [value * factor for value in self.exact]
        self.exact.append(time.numerator * (self.unit // time.denominator))
        self.approximate = np.append(self.approximate, float(time))
        self.last[support.ballots] = len(self.exact) - 1
