"""A part of a file's ballots, read by itself."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from tallying.formats.voter_ids import Words
from tallying.formats.votes import Policy
from tallying.sparse import NO_ROWS, Integers, Rows, concatenated, merged


@dataclass
class Part:
    """Some ballots of a file with their weights, shape (d,); how many voters each policy touched;
    and the fingerprints of the voters' ids."""

    rows: Rows = NO_ROWS
    weights: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    touched: Counter[Policy] = field(default_factory=Counter)
    voters: list[Words] = field(default_factory=list)

    def add_account(self, other: "Part") -> None:
        """Take over what another part says besides its ballots."""
        self.touched.update(other.touched)
        self.voters += other.voters

    def joined(self, other: "Part") -> "Part":
        """The distinct ballots of both, without their accounts."""
        weights = np.concatenate((self.weights, other.weights))
        return Part(*merged(concatenated([self.rows, other.rows]), weights))
