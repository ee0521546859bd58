"""Why a project is funded or not, as data: pages and commands put it into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallying.codes import Code
from tallying.errors import TallyingError


class UnknownProject(TallyingError):
    """The outcome holds no project with this id."""


@dataclass(frozen=True)
class Explanation:
    """One project's verdict and its reason.

    `verdict` is `funded`, `funded_in_part` or `not_funded`; `code` says why. `values` holds what
    `Code` lists for the code, and always `cost` (minor units), `votes`, `score`, `budget`,
    `unspent`. Where known it also holds `more`: the further `unit` (`votes` or `points`) with
    which the project would have been funded, all other ballots the same, exact or, with `exact`
    false, at most so many; `more` None says that no number is enough.
    """

    project: str
    verdict: str
    code: Code
    values: Mapping[str, Any]


def explain(outcome: Mapping[str, Any], project_id: str) -> Explanation:
    """The explanation of one project from an outcome's JSON; raises `UnknownProject`."""
    found = next((item for item in outcome["projects"] if item["id"] == project_id), None)
    if found is None:
        raise UnknownProject(f"The outcome holds no project {project_id}.")
    margin: Mapping[str, Any] = next(
        (item for item in outcome["margins"] if item["project"] == project_id), {}
    )
    values = {
        **{name: found[name] for name in ("cost", "votes", "score")},
        **{name: outcome[name] for name in ("budget", "unspent")},
        **{name: margin[name] for name in ("more", "unit", "exact") if name in margin},
        **found["values"],
    }
    return Explanation(project_id, found["verdict"], Code(found["code"]), values)
