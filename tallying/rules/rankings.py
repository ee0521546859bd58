"""Ranked ballots laid out by ballot, for rules that follow each ballot's order."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tallying.profile import Integers, Profile


@dataclass(frozen=True)
class Rankings:
    """Compressed sparse rows: ballot `i` ranks `projects[starts[i]:starts[i + 1]]`, best first.

    `starts` has one place more than there are distinct ballots; `projects` holds positions in the
    election's projects.
    """

    starts: Integers
    projects: Integers

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """The rankings of a profile of ranked ballots, in one sort."""
        entries = profile.entries
        owners = np.repeat(np.arange(len(entries.starts) - 1), np.diff(entries.starts))
        order = np.lexsort((entries.numbers, entries.ballots))
        sizes = np.bincount(entries.ballots, minlength=len(profile.weights))
        return cls(np.concatenate(([0], np.cumsum(sizes))), owners[order])

    @property
    def lengths(self) -> Integers:
        """How many projects each distinct ballot ranks."""
        return np.diff(self.starts)
