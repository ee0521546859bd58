"""The piles of the single transferable vote: where each ballot lies, and what it is still worth."""

import numpy as np

from tallying.profile import Integers
from tallying.sparse import Rows

NOWHERE = -1
"""The pile of ballots that rank no project still in the count."""


class Piles:
    """Each distinct ballot lies with the first project it ranks of those that may receive.

    A ballot is worth a whole number of parts of one vote, `unit` parts at first; `totals` holds
    what each project's pile is worth, in parts. `weights`, shape (d,), says how many voters cast
    each ballot.
    """

    def __init__(self, rankings: Rows, weights: Integers, receiving: set[int], unit: int):
        self.unit = unit
        self.receiving = receiving
        self._rankings, self._weights = rankings, weights
        self._number = 1 + int(rankings.projects.max(initial=NOWHERE))
        self.totals: dict[int, int] = dict.fromkeys(receiving, 0)
        self._values = [unit]
        self._value_of: Integers = np.zeros(len(weights), dtype=np.int64)
        """Each ballot's place in `_values`."""
        self._places: Integers = rankings.starts[:-1].copy()
        self._holders: Integers = np.full(len(weights), NOWHERE)
        self._deal(np.arange(len(weights)))

    def hand_on(self, project: int, surplus: int | None = None) -> None:
        """Give a project's ballots to the next that may receive them; it receives no more.

        With a surplus, in parts, each ballot keeps the surplus' part of its worth, rounded down:
        the weighted inclusive Gregory method. Else it keeps all of it.
        """
        self.receiving.discard(project)
        moved = np.flatnonzero(self._holders == project)
        if surplus is not None and len(moved):
            self._devalue(moved, surplus, self.totals[project])
        self.totals[project] = 0
        self._places[moved] += 1
        self._deal(moved)

    def _devalue(self, ballots: Integers, surplus: int, total: int) -> None:
        old, places = np.unique(self._value_of[ballots], return_inverse=True)
        first = len(self._values)
        self._values += [self._values[place] * surplus // total for place in old.tolist()]
        self._value_of[ballots] = first + places

    def _deal(self, ballots: Integers) -> None:
        """Lay ballots on the piles to which they belong from their place on."""
        self._holders[ballots] = NOWHERE
        open_to = np.zeros(self._number, dtype=np.bool_)
        open_to[[project for project in self.receiving if project < self._number]] = True
        ends = self._rankings.starts[1:]
        seeking = ballots[self._places[ballots] < ends[ballots]]
        while len(seeking):
            projects = self._rankings.projects[self._places[seeking]]
            found = open_to[projects]
            self._holders[seeking[found]] = projects[found]
            seeking = seeking[~found]
            self._places[seeking] += 1
            seeking = seeking[self._places[seeking] < ends[seeking]]
        self._add(ballots[self._holders[ballots] != NOWHERE])

    def _add(self, ballots: Integers) -> None:
        cells = self._holders[ballots] * len(self._values) + self._value_of[ballots]
        distinct, places = np.unique(cells, return_inverse=True)
        voters = np.bincount(places, weights=self._weights[ballots], minlength=len(distinct))
        for cell, number in zip(distinct.tolist(), voters.tolist(), strict=True):
            project, value = divmod(cell, len(self._values))
            self.totals[project] += int(number) * self._values[value]
