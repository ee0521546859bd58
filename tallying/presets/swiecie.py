"""Świecie: equal shares among the projects whose votes are in proportion to their cost.

A project whose share of the voters is below its share of three budgets cannot win:
equalshares.net/elections/swiecie-2024, "Voting rule details".
"""

from collections.abc import Mapping

from tallying.errors import InvalidRule
from tallying.formats.election_file import ElectionFile
from tallying.presets.official import add1
from tallying.presets.preset import Note, NoteCode, Plan, Preset, Setting, whole, without
from tallying.utilities import NATURAL, supports


def plan(file: ElectionFile, values: Mapping[str, str]) -> Plan:
    """Leave out each p with votes / n < cost / (factor · budget), compared in whole numbers."""
    factor = whole("swiecie", "factor", values["factor"])
    if factor == 0:
        raise InvalidRule("The parameter factor of swiecie: it must be at least 1.")
    election, voters = file.election, file.profile.total
    natural = supports(file.profile, NATURAL[election.style])
    left_out = [
        project.id
        for project, support in zip(election.projects, natural, strict=True)
        if support.votes * factor * election.budget < project.cost * voters
    ]
    smaller, profile = without(file, set(left_out))
    config = add1(compare=values["comparison"].lower() == "true")
    notes = (Note(NoteCode.TOO_FEW_VOTES, tuple(left_out)),)
    return Plan(smaller, profile, config, notes, report_open_ties=True)


PRESET = Preset(
    id="swiecie",
    title="Equal shares with add1 and a comparison, above a least support relative to the cost",
    source="equalshares.net/elections/swiecie-2024",
    plan=plan,
    settings=(
        Setting("factor", "3", "votes / voters must reach cost / (factor x budget)"),
        Setting("comparison", "true", "whether the greedy outcome wins if more voters prefer it"),
    ),
)
