"""What an outcome must say whether or not its ballots are at hand to be counted again."""

from collections.abc import Mapping
from typing import Any

from tallying.election import Election
from tallying.evidence.checks.check import Failed
from tallying.evidence.checks.evidence import Evidence, Json, field, whole
from tallying.evidence.count import OUTCOME

RECONCILIATION = "reconciliation.json"


def agrees_with_itself(evidence: Evidence, outcomes: Mapping[str, Json]) -> None:
    """Raise `Failed` for an outcome of other costs, another sum, or more votes than voters."""
    for box_id, outcome in outcomes.items():
        _money(box_id, evidence.elections[box_id], outcome)
        if box_id not in evidence.merged:  # of which no number is told: V28
            _votes(evidence, box_id, outcome)


def _money(box_id: str, election: Election, outcome: Json) -> None:
    """Costs and budget are those of the manifest; what is funded was paid, from the budget."""
    projects = _projects(outcome)
    costs = {project.id: project.cost for project in election.projects}
    told = {name: whole(project, "cost", OUTCOME) for name, project in projects.items()}
    if told != costs or len(projects) != len(outcome["projects"]):
        raise Failed(f"Box {box_id}: the outcome names other projects or costs than the manifest.")
    if whole(outcome, "budget", OUTCOME) != election.budget:
        raise Failed(f"Box {box_id}: the outcome has another budget than the manifest.")
    funded, partial = field(outcome, "funded", OUTCOME), field(outcome, "partial", OUTCOME)
    verdicts = {
        kind: sorted(n for n, p in projects.items() if field(p, "verdict", OUTCOME) == kind)
        for kind in ("funded", "funded_in_part")
    }
    in_part = [] if partial is None else [field(partial, "project", OUTCOME)]
    if sorted(funded) != verdicts["funded"] or in_part != verdicts["funded_in_part"]:
        raise Failed(f"Box {box_id}: what is funded is not what the verdicts say.")
    amount = 0 if partial is None else whole(partial, "amount", OUTCOME)
    spent, unspent = (whole(outcome, name, OUTCOME) for name in ("spent", "unspent"))
    if spent != sum(costs[name] for name in funded) + amount or spent + unspent != election.budget:
        raise Failed(f"Box {box_id}: spent is not what the funded projects cost.")
    if unspent < 0 or amount < 0:
        raise Failed(f"Box {box_id}: more was spent than the budget.")


def _votes(evidence: Evidence, box_id: str, outcome: Json) -> None:
    """As many ballots as the reconciliation says, and no project has more votes than that."""
    counts = field(outcome, "counts", OUTCOME)
    n = {name: whole(counts, name, OUTCOME) for name in ("voters", "ballots", "blank", "invalid")}
    line = evidence.reconciliation[box_id]
    result = whole(line, "result", RECONCILIATION)
    if n["ballots"] != result or n["voters"] != result + n["invalid"]:
        raise Failed(f"Box {box_id}: the outcome counts other ballots than the reconciliation.")
    if n["blank"] != whole(line, "blank", RECONCILIATION):
        raise Failed(f"Box {box_id}: the outcome counts other blanks than the reconciliation.")
    for name, project in _projects(outcome).items():
        if not 0 <= whole(project, "votes", OUTCOME) <= result - n["blank"]:
            raise Failed(f"Box {box_id}: {name} has more votes than the box has voters.")


def _projects(outcome: Json) -> dict[Any, Json]:
    return {field(project, "id", OUTCOME): project for project in outcome["projects"]}
