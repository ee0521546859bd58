"""A profile whose ballots stay in parts, wherever these are kept."""

from collections.abc import Callable
from typing import Any, Self

from tallying.election import Election
from tallying.profile import Profile
from tallying.sparse import Integers, Rows
from tallying.utilities import Utility, sums

Gather = Callable[[], tuple[Rows, Integers]]
"""The distinct ballots of all parts and their weights."""

Sums = Callable[[Utility], tuple[list[int], list[int]]]
"""For each project the votes and the units of utility in all parts."""


class PartitionedProfile(Profile):
    """Sums over all ballots come from the parts; the ballots themselves are gathered once a rule
    or the digest of the input asks for them."""

    @classmethod
    def of(cls, election: Election, total: int, blank: int, gather: Gather, summed: Sums) -> Self:
        """A profile of `total` valid ballots, `blank` of them blank."""
        profile = cls.__new__(cls)
        profile.__dict__.update(election=election, total=total, blank=blank)
        profile.__dict__["_parts"] = (gather, summed)
        return profile

    def __getattr__(self, name: str) -> Any:
        """Gather the ballots when they are asked for."""
        if name not in ("rows", "weights") or "_parts" not in self.__dict__:
            raise AttributeError(name)
        self.__dict__["rows"], self.__dict__["weights"] = self.__dict__["_parts"][0]()
        return self.__dict__[name]

    def sums(self, utility: Utility) -> tuple[list[int], list[int]]:
        """For each project the votes and the units of utility, without the ballots."""
        if "_parts" not in self.__dict__:
            return sums(self, utility)
        found: tuple[list[int], list[int]] = self.__dict__["_parts"][1](utility)
        return found
