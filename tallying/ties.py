"""Ties: the order that settles them, fixed before voting opens, and the record of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from typing import Any

from tallying.election import Election, Project
from tallying.errors import InvalidRule, UnresolvedTie

SEED_BYTES = 32
SEPARATOR = b"\x1f"


class Criterion(StrEnum):
    """What a tie order may look at, one after the other."""

    MORE_VOTES = "more_votes"
    LOWER_COST = "lower_cost"
    HIGHER_COST = "higher_cost"
    LOTS = "lots"
    SEED = "seed"


@dataclass(frozen=True)
class Tie:
    """One tie: `projects` in the order in which it was decided, by the criteria that separated them.

    `open` holds the groups that no criterion separated. `matters` says whether their order can
    change the result; where a count reports such ties instead of stopping, it takes them by the
    bytes of their ids. `step` is the number of the decision, from 1; where a count is repeated
    with greater shares, `raises` says after how many raises the tie was first met.
    """

    step: int
    projects: tuple[str, ...]
    decided_by: tuple[Criterion, ...]
    open: tuple[tuple[str, ...], ...] = ()
    matters: bool = False
    raises: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The tie as a value of canonical JSON."""
        return {
            "step": self.step,
            "projects": list(self.projects),
            "decided_by": [criterion.value for criterion in self.decided_by],
            "open": [list(group) for group in self.open],
            "matters": self.matters,
            "raises": self.raises,
        }


@dataclass(frozen=True)
class TieOrder:
    """The criteria with what they look at; `votes` by project id.

    `report_open` makes a count report a tie that stays open instead of raising `UnresolvedTie`.
    """

    criteria: tuple[Criterion, ...]
    votes: Mapping[str, int]
    lots: Mapping[str, int] = field(default_factory=dict)
    seed: bytes = b""
    report_open: bool = False

    @classmethod
    def of(
        cls,
        election: Election,
        criteria: Sequence[str],
        votes: Mapping[str, int],
        lots: Sequence[str] | None,
        seed: bytes | None,
        report_open: bool,
    ) -> "TieOrder":
        """The order of an election; raises `InvalidRule` without the lots or seed it asks for."""
        if Criterion.LOTS in criteria:
            _check_lots(election, lots)
        if Criterion.SEED in criteria and (seed is None or len(seed) != SEED_BYTES):
            raise InvalidRule(f"The tie order asks for a seed of {SEED_BYTES} bytes.")
        return cls(
            criteria=tuple(Criterion(name) for name in criteria),
            votes=votes,
            lots={name: place for place, name in enumerate(lots or ())},
            seed=seed or b"",
            report_open=report_open,
        )

    def ranking(self, project: Project, extra_votes: int = 0) -> tuple[int | bytes, ...]:
        """What the criteria say of a project, the better the smaller; with further votes."""
        return tuple(
            _RANKINGS[criterion](self, project, extra_votes) for criterion in self.criteria
        )

    def arrange(self, projects: Iterable[Project]) -> list[list[Project]]:
        """Groups of projects from best to worst; a group of several is a tie left open."""
        ordered = sorted(projects, key=lambda project: (self.ranking(project), project.id.encode()))
        return [list(group) for _, group in groupby(ordered, key=self.ranking)]

    def first(
        self, projects: Sequence[Project], step: int, matters: bool = True
    ) -> tuple[Project, Tie]:
        """Who of several equal projects comes first, and the record of the tie.

        Raises `UnresolvedTie` when several are first, unless that does not matter or open ties
        are reported.
        """
        groups = self.arrange(projects)
        leading_open = matters and len(groups[0]) > 1
        if leading_open:
            self.leave_open(groups[0], step)
        return groups[0][0], self.record(groups, step, leading_open)

    def leave_open(self, group: Sequence[Project], step: int) -> None:
        """Refuse a tie that stays open and matters, unless such ties are reported."""
        if not self.report_open:
            raise UnresolvedTie([project.id for project in group], step)

    def record(self, groups: Sequence[Sequence[Project]], step: int, matters: bool) -> Tie:
        """The record of a tie between all the projects of `groups`, as `arrange` made them."""
        projects = [project for group in groups for project in group]
        return Tie(
            step=step,
            projects=tuple(project.id for project in projects),
            decided_by=self._separating(projects),
            open=tuple(
                tuple(project.id for project in group) for group in groups if len(group) > 1
            ),
            matters=matters,
        )

    def _separating(self, projects: Sequence[Project]) -> tuple[Criterion, ...]:
        """The criteria that told some of the projects apart, in their order."""
        rankings = [self.ranking(project) for project in projects]
        used, groups = [], 1
        for length, criterion in enumerate(self.criteria, start=1):
            now = len({ranking[:length] for ranking in rankings})
            if now > groups:
                used.append(criterion)
            groups = now
        return tuple(used)


_RANKINGS: dict[Criterion, Callable[[TieOrder, Project, int], int | bytes]] = {
    Criterion.MORE_VOTES: lambda order, project, extra: -(order.votes[project.id] + extra),
    Criterion.LOWER_COST: lambda _order, project, _extra: project.cost,
    Criterion.HIGHER_COST: lambda _order, project, _extra: -project.cost,
    Criterion.LOTS: lambda order, project, _extra: order.lots[project.id],
    Criterion.SEED: lambda order, project, _extra: sha256(
        order.seed + SEPARATOR + project.id.encode()
    ).digest(),
}


def _check_lots(election: Election, lots: Sequence[str] | None) -> None:
    if lots is None:
        raise InvalidRule("The tie order asks for lots, and none were drawn.")
    if len(set(lots)) != len(lots):
        raise InvalidRule("The lots name a project twice.")
    missing = sorted(set(election.index) - set(lots))
    if missing:
        raise InvalidRule(f"The lots leave out project {missing[0]}.")
