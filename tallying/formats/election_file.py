"""An election read from a file: the same face whatever the format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from tallying.election import Election
from tallying.formats import published
from tallying.formats.published import Difference
from tallying.outcome import Repair
from tallying.profile import Profile


class ElectionFile(Protocol):
    """What every reader gives.

    `file` is the name that errors and reports use. `meta` holds what the file says of the
    election as texts, by the keys of Pabulib's section META; `columns` what it says of each
    project, by project id and column name. `selected` marks the official winners with 1, and
    projects paid from other money with 2 or 3; None when the file marks none. `repairs` are the
    policies that the ballots needed. `official` are the ids marked with 1. `rule` is the rule that
    the file declares, or `unknown`. `differences` are published numbers that a recount refutes.
    """

    @property
    def file(self) -> str: ...
    @property
    def meta(self) -> Mapping[str, str]: ...
    @property
    def election(self) -> Election: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def repairs(self) -> tuple[Repair, ...]: ...
    @property
    def columns(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def selected(self) -> Mapping[str, int] | None: ...
    @property
    def rule(self) -> str: ...
    @property
    def official(self) -> tuple[str, ...] | None: ...
    @property
    def differences(self) -> tuple[Difference, ...]: ...


class Voter(NamedTuple):
    """One line of a file: the voter's id, further columns, and canonical choices after repairs."""

    id: str
    columns: Mapping[str, str]
    choices: list[Any]


@dataclass(frozen=True)
class PlainFile:
    """An `ElectionFile` of values; `voters` are its lines, where each is one voter with an id."""

    file: str
    meta: Mapping[str, str]
    election: Election
    profile: Profile
    repairs: tuple[Repair, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    selected: Mapping[str, int] | None = None
    voters: tuple[Voter, ...] | None = None

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
        """The published numbers that a recount does not give."""
        return published.differences(self.profile, self.meta, self.columns)
