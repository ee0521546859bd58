"""Projects withdrawn during the vote: they stay on the ballot, and no rule can fund them.

The count goes on as if no ballot named them: on a ranked ballot the next choice moves up, what a
ballot gave to them counts for nothing, and a ballot that names nothing else counts as a voter who
supports no project.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tallying.codes import Code
from tallying.election import Election, Project
from tallying.profile import Profile, ranks
from tallying.rules.rule import Selection, Verdict
from tallying.sparse import Rows


def remaining(profile: Profile) -> Profile:
    """The same ballots without the election's withdrawn projects; `total` is unchanged."""
    election = profile.election
    kept = [p for p in election.projects if p.id not in set(election.withdrawn)]
    places = np.full(len(election.projects), -1, dtype=np.int64)
    places[[election.index[project.id] for project in kept]] = np.arange(len(kept))
    rows = profile.rows
    projects = places[rows.projects]
    stays = projects >= 0
    owners = np.repeat(np.arange(len(rows)), rows.lengths)[stays]
    lengths = np.bincount(owners, minlength=len(rows)).astype(np.int64)
    reduced = _without(election, kept)
    numbers = ranks(reduced, lengths) if not rows.plain else None
    if numbers is None and not rows.plain:
        numbers = rows.numbers[stays]
    return Profile.from_rows(reduced, Rows.of(lengths, projects[stays], numbers), profile.weights)


def with_withdrawn(election: Election, selection: Selection) -> Selection:
    """The selection of what remained, with a verdict for each withdrawn project."""
    withdrawn = {name: Verdict(Code.WITHDRAWN) for name in election.withdrawn}
    return replace(selection, verdicts={**selection.verdicts, **withdrawn})


def _without(election: Election, kept: list[Project]) -> Election:
    """Limits on a district or category that no project is left in limit nothing."""
    districts = {project.district for project in kept}
    categories = {name for project in kept for name in project.categories}
    return replace(
        election,
        projects=tuple(kept),
        withdrawn=(),
        district_budgets=_of(election.district_budgets, districts),
        category_caps=_of(election.category_caps, categories),
        category_floors=_of(election.category_floors, categories),
    )


def _of(limits: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    return {name: amount for name, amount in limits.items() if name in known}
