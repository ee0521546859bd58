"""Poznań: the count ends at the first project that does not fit; a reserve may complete that one.

The rule, as the comment of Poznań's Pabulib files states it: projects are funded by votes until
one does not fit; if what is left pays at least 80 % of that one, it is funded too, and a reserve
pays the rest.
"""

from collections.abc import Mapping
from dataclasses import replace

from tallying.errors import InvalidRule
from tallying.formats.election_file import ElectionFile
from tallying.presets.official import TIES
from tallying.presets.preset import Note, NoteCode, Plan, Preset, Setting, whole
from tallying.rules import RuleConfig
from tallying.rules.walk import Unaffordable


def plan(file: ElectionFile, values: Mapping[str, str]) -> Plan:
    """Funding in part, from the share of its cost on: what is left, and the reserve the rest."""
    percent = whole("poznan", "percent", values["percent"])
    if percent > 100:
        raise InvalidRule(f"The parameter percent of poznan: {percent} is more than 100.")
    projects = tuple(
        replace(project, partial_minimum=-(-project.cost * percent // 100), partial_step=1)
        for project in file.election.projects
    )
    election = replace(file.election, projects=projects)
    return Plan(
        election,
        replace(file.profile, election=election),
        RuleConfig("greedy", {"unaffordable": Unaffordable.PARTIAL.value}, ties=TIES),
        (Note(NoteCode.RESERVE, number=percent),),
        report_open_ties=True,
    )


PRESET = Preset(
    id="poznan",
    title="Greedy until one does not fit; a reserve completes it from a share of its cost on",
    source="Comment of the Pabulib files of Poznań, rule greedy-custom.",
    plan=plan,
    settings=(
        Setting("percent", "80", "the least share of its cost that must be left, in percent"),
    ),
)
