"""Numbers of people that are told nowhere, and those that would let them be worked out.

A cell below the manifest's `least_cell` is suppressed; where the sum is known, so are the
smallest others, until at least two cells are and together they are not small either
(complementary suppression: Cox, "Suppression Methodology and Statistical Disclosure Control",
JASA 1980).
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from tallying.codes import Code

Name = TypeVar("Name")
Json = dict[str, Any]

COUNTS = ("voters", "ballots", "blank", "invalid")
TOLD_OF_MERGED = ("schema", "rule", "budget", "currency", "minor_digits", "spent", "unspent")


def hidden_cells(
    counts: Mapping[Name, int], least_cell: int, also: Collection[Name] = ()
) -> frozenset[Name]:
    """The cells of a table with a known sum that are not shown; `also` are hidden in any case.

    When all are hidden and their sum is below `least_cell`, the sum must not be shown either.
    """
    hidden = {name for name, number in counts.items() if number < least_cell or name in also}
    if not hidden:
        return frozenset()
    others = sorted((name for name in counts if name not in hidden), key=counts.__getitem__)
    while others and (len(hidden) < 2 or sum(counts[name] for name in hidden) < least_cell):
        hidden.add(others.pop(0))
    return frozenset(hidden)


def is_merged(line: Mapping[str, Any]) -> bool:
    """Whether the numbers of this line of the reconciliation are not told apart."""
    return line["result"] is None


def reconciled(lines: list[Json], least_cell: int) -> list[Json]:
    """The reconciliation as it is published, from lines with every number.

    A box with fewer ballots than `least_cell` tells none of its numbers. The log says how many
    ballots were accepted in all, so the smallest other box then hides how many it accepted and
    how many of them were replaced.
    """
    merged = {line["box"] for line in lines if line["result"] < least_cell}
    accepted = {line["box"]: line["accepted"] for line in lines}
    hidden = hidden_cells(accepted, least_cell, merged) if merged else frozenset()
    return [_told(line, merged, hidden) for line in lines]


def _told(line: Json, merged: Collection[str], hidden: Collection[str]) -> Json:
    if line["box"] in merged:
        return {**dict.fromkeys(line), "box": line["box"]}
    if line["box"] in hidden:
        return {**line, "accepted": None, "superseded": None}
    return line


def committed_size(size: int, least_cell: int) -> int | None:
    """How many envelopes of a box the log says are counted; None where they are few."""
    return size if size >= least_cell else None


def without_numbers(outcome: Mapping[str, Any]) -> Json:
    """The outcome of a merged box as it is published: what is funded, and no number of people.

    Votes, steps, ties and margins of a handful of voters would tell their ballots. The funded
    projects stand in the order of their ids, since the order of selection follows the votes.
    """
    return {
        **{name: outcome[name] for name in TOLD_OF_MERGED},
        "input": None,
        "counts": dict.fromkeys(COUNTS),
        "repairs": [],
        "funded": sorted(outcome["funded"], key=str.encode),
        "partial": outcome["partial"],
        "projects": [_verdict(project) for project in outcome["projects"]],
        "rounds": [],
        "ties": [],
        "margins": [],
        "completion": {},
    }


def _verdict(project: Mapping[str, Any]) -> Json:
    amount, code = project["values"].get("amount"), project["code"]
    return {
        "id": project["id"],
        "cost": project["cost"],
        "votes": None,
        "score": None,
        "verdict": project["verdict"],
        "code": code if code == Code.WITHDRAWN else str(Code.NUMBERS_WITHHELD),
        "values": {} if amount is None else {"amount": amount},
    }
