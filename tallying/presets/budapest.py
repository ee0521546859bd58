"""Budapest: each category has money of its own, and its first project that does not fit ends it.

Five categories with one milliard forints between them: portfolio.hu, 12 October 2024. What each
category has is stated nowhere in the file: 120, 120, 120, 240 and 400 million are the amounts that
add up to the budget and give the thirteen official winners of 2024.
"""

from collections.abc import Mapping
from dataclasses import replace

from tallying.election import Election
from tallying.errors import InvalidElection, InvalidRule
from tallying.formats.amounts import parse_amount
from tallying.formats.election_file import ElectionFile
from tallying.presets.official import TIES
from tallying.presets.preset import Note, NoteCode, Plan, Preset, Setting, without
from tallying.rules import RuleConfig
from tallying.utilities import NATURAL, supports


def plan(file: ElectionFile, values: Mapping[str, str]) -> Plan:
    """Greedy under the caps, without the projects that come after the end of their category."""
    caps = _caps(values["caps"], file.election)
    votes = {
        project.id: support.votes
        for project, support in zip(
            file.election.projects,
            supports(file.profile, NATURAL[file.election.style]),
            strict=True,
        )
    }
    late = {
        name
        for category, cap in caps.items()
        for name in _late(file.election, votes, category, cap)
    }
    smaller, profile = without(file, late)
    try:
        capped = replace(smaller, category_caps=caps)
    except InvalidElection as error:
        raise InvalidRule(f"The parameter caps of budapest: {error}") from error
    return Plan(
        capped,
        replace(profile, election=capped),
        RuleConfig("greedy", ties=TIES),
        (Note(NoteCode.CATEGORY_ENDED, tuple(sorted(late, key=str.encode))),),
        report_open_ties=True,
    )


def _late(election: Election, votes: Mapping[str, int], category: str, cap: int) -> set[str]:
    """The projects with fewer votes than the first one of the category that does not fit."""
    rivals = [project for project in election.projects if category in project.categories]
    left = cap
    for project in sorted(rivals, key=lambda project: (-votes[project.id], project.cost)):
        if project.cost > left:
            return {rival.id for rival in rivals if votes[rival.id] < votes[project.id]}
        left -= project.cost
    return set()


def _caps(text: str, election: Election) -> dict[str, int]:
    """`name=amount/name=amount` as minor units; raises `InvalidRule`."""
    caps = {}
    for part in text.split("/"):
        name, equals, amount = part.rpartition("=")
        try:
            money = parse_amount(amount.strip()) * 10**election.minor_digits
        except ValueError as error:
            raise InvalidRule(f"The parameter caps of budapest: {error}.") from error
        if not equals or money.denominator != 1:
            raise InvalidRule(f"The parameter caps of budapest: {part} is no name=amount.")
        caps[name.strip()] = int(money)
    return caps


PRESET = Preset(
    id="budapest",
    title="Greedy within each category, which ends at its first project that does not fit",
    source="portfolio.hu, 12 October 2024; the amounts follow from the official winners",
    plan=plan,
    settings=(
        Setting(
            "caps",
            "Green=120000000/Social=120000000/Open=120000000"
            "/Local Big Idea=240000000/Local Small Idea=400000000",
            "what each category may spend",
        ),
    ),
)
