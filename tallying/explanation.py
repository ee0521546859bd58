"""Why a project is funded or not, as data: pages and commands put it into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallying.codes import Code
from tallying.errors import TallyingError
from tallying.utilities import Utility


class UnknownProject(TallyingError):
    """The outcome holds no project with this id."""


@dataclass(frozen=True)
class Explanation:
    """One project's verdict and its reason.

    `verdict` is `funded`, `funded_in_part` or `not_funded`; `code` says why. `values` holds what
    `Code` lists for the code, and always `cost` (minor units), `votes`, `score`, `budget`,
    `unspent`; where the numbers are withheld, neither `votes` nor `score`. Where known it also holds `more`: the further `unit` (`votes` or `points`) with
    which the project would have been funded, all other ballots the same, exact or, with `exact`
    false, at most so many; `more` None says that no number is enough. Where supporters paid for it
    in equal parts, it holds `payers`, how many voters, and `pays`, what each of them paid in minor
    units, an exact fraction as text. Where support
    moves between projects, `how` says whether it was `supported`, `transferred` to or `accepted`
    at the end. `by_score` says whether the rule looked at `score` when it
    decided. Where totals of selections are told, `in_money` says whether they are minor units.
    """

    project: str
    verdict: str
    code: Code
    values: Mapping[str, Any]


TOTALS = ("optimum", "with_it")
"""Values that an outcome writes as text where they are too large for numbers of JSON."""


def explain(outcome: Mapping[str, Any], project_id: str) -> Explanation:
    """The explanation of one project from an outcome's JSON; raises `UnknownProject`."""
    found = explanations(outcome).get(project_id)
    if found is None:
        raise UnknownProject(f"The outcome holds no project {project_id}.")
    return found


def explanations(outcome: Mapping[str, Any]) -> dict[str, Explanation]:
    """The explanation of every project by its id, from an outcome's JSON."""
    margins = {item["project"]: item for item in outcome["margins"]}
    rounds = {entry.get("project"): entry for entry in outcome["rounds"]}
    return {
        found["id"]: _explanation(
            outcome, found, margins.get(found["id"], {}), rounds.get(found["id"], {})
        )
        for found in outcome["projects"]
    }


def _explanation(
    outcome: Mapping[str, Any],
    found: Mapping[str, Any],
    margin: Mapping[str, Any],
    entry: Mapping[str, Any],
) -> Explanation:
    values = {
        **{
            name: int(found[name]) for name in ("cost", "votes", "score") if found[name] is not None
        },
        **{name: outcome[name] for name in ("budget", "unspent")},
        **{name: margin[name] for name in ("more", "unit", "exact") if name in margin},
        **{name: entry[name] for name in ("payers", "pays", "how") if name in entry},
        "by_score": "score" in entry,
        **found["values"],
        **{name: int(found["values"][name]) for name in TOTALS if found["values"].get(name)},
    }
    if any(name in values for name in TOTALS):
        values["in_money"] = outcome["rule"]["utility"] == Utility.COST
    return Explanation(found["id"], found["verdict"], Code(found["code"]), values)


def deciding_steps(outcome: Mapping[str, Any]) -> dict[str, int]:
    """Project id → the number of the step that decided about it, from 1.

    A count may look at a project several times: the last step with a verdict decides. Projects
    that no step decided are left out.
    """
    return {
        entry["project"]: number
        for number, entry in enumerate(outcome["rounds"], start=1)
        if entry.get("project") is not None and entry.get("verdict")
    }
