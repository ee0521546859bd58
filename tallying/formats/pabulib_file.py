"""What a Pabulib file says, once it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tallying.election import Election
from tallying.formats import published
from tallying.formats.published import Difference
from tallying.formats.votes import Votes
from tallying.outcome import Repair
from tallying.profile import Profile


@dataclass(frozen=True)
class PabulibFile:
    """A file that was read.

    `meta` holds the section META as texts. `columns` holds the section PROJECTS as texts, by
    project id. `selected` holds the file's column of that name: 1 for the rule's winners, 2 and 3
    for projects paid from other money; None when there is no such column.
    """

    file: str
    meta: Mapping[str, str]
    election: Election
    votes: Votes
    columns: Mapping[str, Mapping[str, str]]
    selected: Mapping[str, int] | None

    @cached_property
    def profile(self) -> Profile:
        """The ballots after the repairs."""
        return Profile.from_rows(self.election, self.votes.rows, self.votes.weights)

    @property
    def ballots_raw(self) -> Iterator[tuple[str, list[Any]]]:
        """`(voter_id, choices)` of each line, in the order of the file, after the repairs."""
        return iter(self.votes)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The policies that were needed, each with the number of ballots it touched."""
        return self.votes.repairs

    @property
    def rule(self) -> str:
        """The rule that the file declares; `unknown` when it declares none."""
        return published.declared_rule(self.meta)

    @property
    def official(self) -> tuple[str, ...] | None:
        """The official winners, in the order of the file; None when it lists none."""
        return published.official_winners(self.selected)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The published numbers of ballots, votes and points that a recount does not give."""
        return published.differences(self.profile, self.meta, self.columns)
