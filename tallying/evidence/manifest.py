"""What the sealed manifest says of each box's election. `value` is the manifest as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tallying.election import BallotStyle, Election, Limits, Project

PATH = "config/round.json"
AMENDED = "config/amended/"
"""The folder of the manifests that amendments replaced: `1.json` is the first one sealed."""
ACTS = "config/acts.json"
"""What changed the close or the projects during the vote: `acts`, each as its log entry has it."""


def election(value: Mapping[str, Any], box: Mapping[str, Any]) -> Election:
    """The election of one box of the manifest; raises `InvalidElection` or `KeyError`.

    A project is named in the first of the round's languages in which it has a name.
    """
    projects = tuple(
        Project(
            id=project["id"],
            name=_first(project["name"], value["languages"]),
            cost=project["cost"],
            categories=tuple(project["categories"]),
            exclusive_group=project["exclusive_group"],
        )
        for project in box["projects"]
    )
    return Election(
        projects=projects,
        budget=box["budget"],
        style=BallotStyle(value["style"]),
        limits=Limits(**value["limits"]),
        currency=value["currency"],
        minor_digits=value["minor_digits"],
    )


def elections(value: Mapping[str, Any]) -> dict[str, Election]:
    """Every box's election, by the box's id, in the order of the manifest."""
    return {box["id"]: election(value, box) for box in value["boxes"]}


def with_acts(
    found: Mapping[str, Election], acts: Iterable[Mapping[str, Any]]
) -> dict[str, Election]:
    """The elections as they are counted: without the projects that were withdrawn.

    Raises `InvalidElection` when a box has no such project, `KeyError` on an unknown box.
    """
    gone: dict[str, list[str]] = {}
    for act in acts:
        if act["t"] == "withdraw":
            gone.setdefault(act["box"], []).append(act["project"])
    counted = {box: replace(found[box], withdrawn=tuple(names)) for box, names in gone.items()}
    return {box: counted.get(box, election) for box, election in found.items()}


def _first(names: Mapping[str, str], languages: list[str]) -> str:
    return next((names[language] for language in languages if language in names), "")
