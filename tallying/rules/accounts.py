"""What the supporters of unfunded projects hold at the end of equal shares, and what they paid for."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tallying.profile import Integers
from tallying.rules.ledger import Floats, spread
from tallying.rules.purses import ROUNDING, Marks, Purses

AT_ONCE = 2**21
"""How many payments are looked at in one pass, to bound the memory."""


class Accounts:
    """The accounts after a run; amounts are in minor units, rounded down exactly.

    Who paid for a project paid its price for each unit, or, being short, all that they had. Both
    are added up in floats. A sum of N payments to which voters with W endowments e gave all they
    had is off by less than (N + 4k + 24) · 2⁻⁵² · (sum + e·W) after k purchases: `purses` bounds
    what each purse errs by, and prices and products are rounded once each. Where that leaves open
    which whole number is below, the sum is made exactly.
    """

    def __init__(self, purses: Purses, bought: Sequence[str]) -> None:
        self._purses, self._bought, self._number = purses, bought, len(bought)
        self._most = purses.endowment / purses.unit
        self._was_short: Marks = np.zeros(len(purses.money), dtype=np.bool_)
        for ballots in purses.short:
            self._was_short[ballots] = True
        self._last_full = purses.dropped - self._was_short
        """The last purchase that a ballot paid in full, if it took part in it."""

    def of(self, positions: Sequence[int]) -> Iterator[dict[str, Any]]:
        """For each project, what supporters `held` together and `used`, the largest first."""
        supports = self._purses.ledger.supports
        sizes = [len(supports[position].ballots) for position in positions]
        owners = np.repeat(np.arange(len(positions)), sizes)
        ballots = np.concatenate(
            [supports[position].ballots for position in positions] or [np.zeros(0, np.int64)]
        )
        held = self._held(owners, ballots, len(positions))
        used = self._used(owners, ballots, len(positions))
        for row, position in enumerate(positions):
            paid = [
                [name, amount if sure else self._exactly(position, k)]
                for k, (name, amount, sure) in enumerate(
                    zip(self._bought, used[0][row], used[1][row], strict=True)
                )
            ]
            together = held[0][row]
            if not held[1][row]:
                together = self._purses.held(supports[position].ballots) // self._purses.unit
            yield {
                "held": together,
                "used": sorted(
                    (pair for pair in paid if pair[1]),
                    key=lambda pair: (-int(pair[1]), str(pair[0]).encode()),
                ),
            }

    def _held(self, owners: Integers, ballots: Integers, rows: int) -> tuple[list[Any], list[Any]]:
        """What the supporters of each project hold, and whether that is sure."""
        weights = self._purses.ledger.weights[ballots].astype(np.float64)
        money = self._purses.money[ballots]
        together = _sums(owners, weights * money, rows)
        voters = _sums(owners, weights * (money > 0), rows)
        return self._rounded(together, voters, len(ballots))

    def _used(self, owners: Integers, ballots: Integers, rows: int) -> tuple[list[Any], list[Any]]:
        """What the supporters of each project paid for each bought, and whether that is sure."""
        purses, shape = self._purses, (rows, self._number)
        short = self._was_short[ballots]
        cells = owners[short] * self._number + purses.dropped[ballots[short]]
        weights = purses.ledger.weights[ballots[short]].astype(np.float64)
        money = weights * purses.last[ballots[short]]
        voters = _sums(cells, weights, rows * self._number)
        total = _sums(cells, money, rows * self._number)
        prices = np.array([price / purses.unit for price in purses.prices])
        total = total.reshape(shape) + self._gains_of_full(owners, ballots, shape) * prices
        return self._rounded(total, voters.reshape(shape), len(ballots))

    def _gains_of_full(self, owners: Integers, ballots: Integers, shape: tuple[int, int]) -> Floats:
        """Σ weights · units of those supporters of each project who paid for each in full."""
        ledger = self._purses.ledger
        slots: Integers = np.full(len(ledger.supports), len(ledger.supports) + 1)
        slots[self._purses.bought] = np.arange(self._number)
        starts, projects, _ = ledger.by_ballot
        slot = slots.take(projects)
        paid = np.flatnonzero(slot <= np.repeat(self._last_full, np.diff(starts)))
        paid_starts = np.searchsorted(paid, starts)
        gains, slot = ledger.entry_gains.take(paid), slot.take(paid)
        sums: Floats = np.zeros(shape[0] * shape[1])
        ends = np.cumsum(paid_starts[ballots + 1] - paid_starts[ballots])
        last = int(ends[-1]) if len(ends) else 0
        cuts = np.searchsorted(ends, np.arange(AT_ONCE, last, AT_ONCE)).tolist()
        for first, end in zip([0, *cuts], [*cuts, len(ballots)], strict=True):
            places, entries = spread(paid_starts, ballots[first:end])
            cells = owners[first:end][places] * shape[1] + slot[entries]
            sums += _sums(cells, gains[entries], len(sums))
        return sums.reshape(shape)

    def _rounded(self, total: Floats, voters: Floats, terms: int) -> tuple[list[Any], list[Any]]:
        """The whole parts, and where they are sure whatever the error."""
        relative = (terms + 4 * self._number + 24) * 2 * ROUNDING
        error = relative * (total + self._most * voters)
        below, above = np.floor(total - error), np.floor(total + error)
        sure = (below == above) | ((total == 0) & (voters == 0))
        return np.floor(total).astype(np.int64).tolist(), sure.tolist()

    def _exactly(self, position: int, purchase: int) -> int:
        """What the supporters of a project paid for a purchase, rounded down."""
        purses = self._purses
        ballots = purses.ledger.supports[position].ballots
        full = ballots[self._last_full[ballots] >= purchase]
        gain = purses.ledger.gains(full, [purses.bought[purchase]])[0]
        short = ballots[self._was_short[ballots] & (purses.dropped[ballots] == purchase)]
        paid = purses.prices[purchase] * gain + purses.held(short, purchase)
        return paid // purses.unit


def _sums(cells: Integers, amounts: Floats, number: int) -> Floats:
    """The sum of the amounts of each cell."""
    return np.bincount(cells, weights=amounts, minlength=number).astype(np.float64, copy=False)
