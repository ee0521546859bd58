"""Exclusive groups that a file cannot hold: greedy, at most one project of each group.

Pabulib's format has no column for the groups of its rule `greedy-exclusive`; who knows them from
elsewhere names them here.
"""

from collections.abc import Mapping
from dataclasses import replace

from tallying.errors import InvalidRule
from tallying.formats.election_file import ElectionFile
from tallying.presets.official import TIES, least_score
from tallying.presets.preset import Plan, Preset, Setting, without
from tallying.rules import RuleConfig


def plan(file: ElectionFile, values: Mapping[str, str]) -> Plan:
    """The file's election with the groups given, and without the projects left out."""
    election = file.election
    group_of: dict[str, str] = {}
    for number, group in enumerate(_lists(values["groups"]), start=1):
        for name in _known(election.index, group):
            if name in group_of:
                raise InvalidRule(f"The parameter groups of exclusive names {name} twice.")
            group_of[name] = f"group {number}"
    left_out = {
        name for names in _lists(values["left_out"]) for name in _known(election.index, names)
    }
    smaller, profile = without(file, left_out)
    grouped = replace(
        smaller,
        projects=tuple(
            replace(project, exclusive_group=group_of.get(project.id, project.exclusive_group))
            for project in smaller.projects
        ),
    )
    return Plan(
        grouped,
        replace(profile, election=grouped),
        RuleConfig("greedy", least_score(file), ties=TIES),
        report_open_ties=True,
    )


def _lists(text: str) -> list[list[str]]:
    """`a,b/c,d` as lists of ids."""
    groups = ([name.strip() for name in group.split(",")] for group in text.split("/"))
    return [[name for name in group if name] for group in groups if any(group)]


def _known(index: Mapping[str, int], names: list[str]) -> list[str]:
    for name in names:
        if name not in index:
            raise InvalidRule(f"The preset exclusive names {name}, which is no project.")
    return names


PRESET = Preset(
    id="exclusive",
    title="Greedy with at most one project of each named group",
    source="Warszawa and other cities; Pabulib's rule greedy-exclusive.",
    plan=plan,
    settings=(
        Setting("groups", "", "ids with commas, groups with slashes: 1,2/7,8,9"),
        Setting("left_out", "", "ids of projects that could not be funded, with commas"),
    ),
)
