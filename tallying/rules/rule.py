"""What every rule of the count is: a registry entry, and one function from a contest to a selection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tallying.election import LARGEST_AMOUNT, BallotStyle, Election, Project
from tallying.profile import Profile
from tallying.ties import Tie, TieOrder
from tallying.utilities import Support, Utility


def N_(text: str) -> str:  # noqa: N802 — the name that collectors of texts know
    """`text`, marked for the catalogs; `wording.citation` says it in a language."""
    return text


Texts = Mapping[str, str]
"""Language (en, es, fr, pt) → text."""


class Completion(StrEnum):
    """What becomes of money that a proportional rule leaves over."""

    NONE = "none"
    GREEDY = "greedy"
    ADD1 = "add1"
    ADD1_GREEDY = "add1-greedy"
    ADD_OPT = "add-opt"


class Kind(StrEnum):
    """What a parameter's value is."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a rule; `choices` name the values of a choice, `least` bounds an integer."""

    name: str
    type: Kind
    default: int | bool | str
    help: Texts
    choices: tuple[str, ...] = ()
    least: int = 0

    def accepts(self, value: object) -> bool:
        """Whether the value is one that this parameter can take."""
        match self.type:
            case Kind.BOOLEAN:
                return isinstance(value, bool)
            case Kind.INTEGER:
                return type(value) is int and self.least <= value <= LARGEST_AMOUNT
            case Kind.CHOICE:
                return value in self.choices

    @property
    def wanted(self) -> str:
        """What this parameter can take, in words that follow “it must be”."""
        match self.type:
            case Kind.BOOLEAN:
                return "true or false"
            case Kind.INTEGER:
                return f"a whole number from {self.least} to {LARGEST_AMOUNT}"
            case Kind.CHOICE:
                return " or ".join(self.choices)


@dataclass(frozen=True)
class Contest:
    """Everything that a rule looks at.

    `supports` measures the chosen utility, `natural` what the ballots say by themselves, both in
    the order of the election's projects. `parameters` holds a value for each of the rule's.
    """

    election: Election
    profile: Profile
    utility: Utility
    supports: tuple[Support, ...]
    natural: tuple[Support, ...]
    parameters: Mapping[str, Any]
    completion: Completion
    ties: TieOrder

    def support(self, project: Project) -> Support:
        """The project's support under the chosen utility."""
        return self.supports[self.election.index[project.id]]


@dataclass(frozen=True)
class Verdict:
    """What became of one project; `code` is an `outcome.Code`, `values` are documented there."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """What a rule selects: ids in order, and why.

    `partial` names a project that is funded in part, with its amount in minor units. `rounds`
    holds one canonical JSON object per decision. `completion` tells what a completion did.
    """

    funded: tuple[str, ...]
    rounds: tuple[dict[str, Any], ...]
    ties: tuple[Tie, ...]
    verdicts: Mapping[str, Verdict]
    margins: tuple[dict[str, Any], ...] = ()
    partial: tuple[str, int] | None = None
    completion: Mapping[str, Any] = field(default_factory=dict)

    def spent(self, election: Election) -> int:
        """What the selection costs, in minor units."""
        whole = sum(election.projects[election.index[name]].cost for name in self.funded)
        return whole + (self.partial[1] if self.partial else 0)


@dataclass(frozen=True)
class Rule:
    """A rule in the registry."""

    id: str
    title: Texts
    description: Texts
    citation: str
    complexity: str
    styles: frozenset[BallotStyle]
    utilities: tuple[Utility, ...]
    default_utility: Callable[[BallotStyle], Utility]
    completions: tuple[Completion, ...]
    parameters: tuple[Parameter, ...]
    select: Callable[[Contest], Selection]
    takes_floors: bool = False
    """Whether the rule keeps to category floors."""
