"""What a named preset is: a city's whole way of counting, with its parameters visible."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tallying.election import Election
from tallying.errors import InvalidRule
from tallying.formats.amounts import parse_whole
from tallying.formats.election_file import ElectionFile
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count


@dataclass(frozen=True)
class Setting:
    """A parameter of a preset, as text; `default` is the city's own value."""

    name: str
    default: str
    help: str


class NoteCode(StrEnum):
    """What a preset can do to an election; in brackets what the `Note` holds."""

    CATEGORY_ENDED = "category_ended"
    """[projects] were left out, since their category had ended before their turn."""
    TOO_FEW_VOTES = "too_few_votes"
    """[projects] were left out, with fewer votes than their cost asks for."""
    RESERVE = "reserve"
    """A project funded in part gets at least [number] percent of its cost."""
    SEATS = "seats"
    """So many seats [number] are filled."""


@dataclass(frozen=True)
class Note:
    """One thing that a preset did; `wording.note` says it in a sentence."""

    code: NoteCode
    projects: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Plan:
    """What is counted and how; `notes` say what the preset did to the election.

    `report_open_ties` records ties that the order leaves open instead of raising them.
    """

    election: Election
    profile: Profile
    config: RuleConfig
    notes: tuple[Note, ...] = ()
    report_open_ties: bool = False


@dataclass(frozen=True)
class Preset:
    """A preset in the registry; `plan` may raise `InvalidRule` or `InvalidFile`."""

    id: str
    title: str
    source: str
    plan: Callable[[ElectionFile, Mapping[str, str]], Plan]
    settings: tuple[Setting, ...] = ()

    def complete(self, given: Mapping[str, str]) -> dict[str, str]:
        """Every setting, with the defaults of those not given; raises `InvalidRule`."""
        defaults = {setting.name: setting.default for setting in self.settings}
        for name in given:
            if name not in defaults:
                known = ", ".join(defaults) or "none"
                raise InvalidRule(f"Unknown parameter of {self.id}: {name}. Known: {known}.")
        return {**defaults, **given}


@dataclass(frozen=True)
class TieAnswers:
    """What the caller says about ties: `ties` None leaves the preset's own order."""

    ties: tuple[str, ...] | None = None
    lots: tuple[str, ...] | None = None
    seed: bytes | None = None


def count_plan(plan: Plan, file: ElectionFile, answers: TieAnswers | None = None) -> Outcome:
    """Count as planned; an order of the caller's own reports no tie away, it raises."""
    said = answers or TieAnswers()
    config = plan.config if said.ties is None else replace(plan.config, ties=said.ties)
    return count(
        plan.election,
        plan.profile,
        config,
        lots=said.lots,
        seed=said.seed,
        repairs=file.repairs,
        report_open_ties=plan.report_open_ties and said.ties is None,
    )


def whole(preset: str, name: str, text: str) -> int:
    """A setting that is a whole number ≥ 0; raises `InvalidRule`."""
    try:
        return parse_whole(text)
    except ValueError as error:
        raise InvalidRule(f"The parameter {name} of {preset}: {error}.") from error


def without(file: ElectionFile, left_out: set[str]) -> tuple[Election, Profile]:
    """The election and its ballots without some projects."""
    election = file.election
    kept = tuple(project for project in election.projects if project.id not in left_out)
    limits = {
        name: amount
        for name, amount in election.district_budgets.items()
        if name in {project.district for project in kept}
    }
    smaller = replace(election, projects=kept, district_budgets=limits)
    graded = election.style.graded
    pairs = (
        ([c for c in choices if (c[0] if graded else c) not in left_out], times)
        for choices, times in file.profile.pairs()
    )
    return smaller, Profile.from_counts(smaller, pairs)
