"""What a Pabulib file says, once it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tallying.election import Election
from tallying.formats.amounts import parse_whole
from tallying.formats.votes import Votes
from tallying.outcome import Repair
from tallying.profile import Profile
from tallying.utilities import NATURAL, supports

UNDECLARED = "unknown"


@dataclass(frozen=True)
class Difference:
    """A published number that a recount of the file's own ballots does not give."""

    field: str
    project: str | None
    published: int
    counted: int


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
        return Profile.from_counts(
            self.election,
            ((self.votes.choices[raw], count) for raw, count in self.votes.counts.items()),
        )

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
        return self.meta.get("rule", "") or UNDECLARED

    @property
    def official(self) -> tuple[str, ...] | None:
        """The official winners, in the order of the file; None when it lists none."""
        if self.selected is None:
            return None
        return tuple(name for name, mark in self.selected.items() if mark == 1)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The published numbers of ballots, votes and points that a recount does not give."""
        counted = supports(self.profile, NATURAL[self.election.style])
        found = [
            *self._compare("num_votes", None, self.meta.get("num_votes"), self.profile.total),
            *self._compare(
                "num_projects", None, self.meta.get("num_projects"), len(self.election.projects)
            ),
        ]
        for project, support in zip(self.election.projects, counted, strict=True):
            published = self.columns[project.id]
            found += self._compare("votes", project.id, published.get("votes"), support.votes)
            found += self._compare("score", project.id, published.get("score"), support.score)
        return tuple(found)

    def _compare(
        self, name: str, project: str | None, published: str | None, counted: int
    ) -> Iterator[Difference]:
        if not published:
            return
        try:
            number = parse_whole(published)
        except ValueError:
            return
        if number != counted:
            yield Difference(name, project, number, counted)
