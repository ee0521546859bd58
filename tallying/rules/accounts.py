"""What the supporters of an unfunded project hold at the end of equal shares, and what they paid for."""

from collections.abc import Sequence
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.profile import Integers
from tallying.rules.purses import ROUNDING, Purses


class Accounts:
    """The accounts after a run; amounts are in minor units, rounded down exactly.

    Who paid a project in full paid its exact price for each unit, so their payments are a count
    times a price. The money of those who were short is added up in floats, with the bound of
    `purses` for each purse and (N + 4) · 2⁻⁵³ of the sum for adding; where that leaves open
    which whole number is below, it is added up exactly.
    """

    def __init__(self, purses: Purses, bought: Sequence[str]) -> None:
        self._purses, self._bought = purses, bought
        self._slot: Integers = np.full(len(purses.ledger.supports), -1)
        self._slot[purses.bought] = np.arange(len(purses.bought))
        self._was_short = np.zeros(len(purses.money), dtype=np.bool_)
        for ballots in purses.short:
            self._was_short[ballots] = True

    def of(self, position: int) -> dict[str, Any]:
        """`held` by the supporters together, and what they `used`, the largest first."""
        ballots = self._purses.ledger.supports[position].ballots
        used = [
            [name, amount]
            for name, amount in zip(self._bought, self._used(ballots), strict=True)
            if amount
        ]
        return {
            "held": self._floor(ballots, self._purses.money, None, 0),
            "used": sorted(used, key=lambda pair: (-int(pair[1]), str(pair[0]).encode())),
        }

    def _used(self, ballots: Integers) -> list[int]:
        """What the voters of some ballots paid together for each project bought."""
        purses, number = self._purses, len(self._bought)
        dropped, short = purses.dropped[ballots], self._was_short[ballots]
        last_full = np.where(short, dropped - 1, dropped)
        gains = self._gains_of_full(ballots, last_full)
        ended = [ballots[short & (dropped == k)] for k in range(number)] if short.any() else []
        used = []
        for k in range(number):
            full = purses.prices[k] * gains[k]
            if ended and len(ended[k]):
                used.append(self._floor(ended[k], purses.last, k, full))
            else:
                used.append(full // purses.unit)
        return used

    def _gains_of_full(self, ballots: Integers, last_full: Integers) -> list[int]:
        """For each project bought, the exact Σ weights · units over those who paid it in full."""
        ledger, number = self._purses.ledger, len(self._bought)
        places, projects, units = ledger.rows(ballots)
        slots = self._slot[projects]
        paid = (slots >= 0) & (slots <= last_full[places])
        voters, slots, units = ledger.weights[ballots][places[paid]], slots[paid], units[paid]
        if ledger.exact_in_floats:
            sums = np.bincount(slots, weights=voters * units, minlength=number)
            return [int(amount) for amount in sums.tolist()]
        totals = [0] * number
        for slot, times, unit in zip(slots.tolist(), voters.tolist(), units.tolist(), strict=True):
            totals[slot] += times * unit
        return totals

    def _floor(
        self, ballots: Integers, money: NDArray[np.float64], before: int | None, more: int
    ) -> int:
        """The whole part of what ballots hold, or held before a purchase, and `more / unit`."""
        purses = self._purses
        weights = purses.ledger.weights[ballots]
        together = float(weights.astype(np.float64) @ money[ballots])
        terms = len(ballots) + 4 * len(self._bought) + 24
        most = purses.endowment / purses.unit
        error = terms * 2 * ROUNDING * (most * float(weights.sum()) + together)
        total = together + more / purses.unit
        error += abs(total) * 4 * ROUNDING
        if floor(total - error) == floor(total + error):
            return floor(total)
        return (purses.held(ballots, before) + more) // purses.unit
