"""Scotland: councillors are elected by the single transferable vote, with five decimals."""

from collections.abc import Mapping
from dataclasses import replace

from tallying.errors import InvalidRule
from tallying.formats.election_file import ElectionFile
from tallying.presets.preset import Note, NoteCode, Plan, Preset
from tallying.rules import RuleConfig
from tallying.rules.stv import Method


def plan(file: ElectionFile, _values: Mapping[str, str]) -> Plan:
    """As many seats as the budget pays for; raises `InvalidRule` where costs are not equal."""
    costs = {project.cost for project in file.election.projects}
    if len(costs) > 1 or 0 in costs:
        raise InvalidRule(
            f"The rules of Scotland elect to seats, and the projects of {file.file} have costs "
            "that are not equal; use --rule stv without the preset."
        )
    seats = file.election.budget // max(costs, default=1)
    projects = tuple(
        replace(project, cost=1, district="", exclusive_group=None, categories=())
        for project in file.election.projects
    )
    election = replace(
        file.election,
        projects=projects,
        budget=seats,
        minor_digits=0,
        district_budgets={},
        category_caps={},
        category_floors={},
    )
    return Plan(
        election,
        replace(file.profile, election=election),
        RuleConfig("stv", {"method": Method.SCOTTISH.value}),
        (Note(NoteCode.SEATS, number=seats),),
    )


PRESET = Preset(
    id="scottish",
    title="The single transferable vote of Scottish council elections",
    source="The Scottish Local Government Elections Order 2007, SSI 2007 No. 42, rules 45 to 52",
    plan=plan,
)
