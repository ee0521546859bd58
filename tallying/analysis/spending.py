"""Where the votes went and where the money went, by district and by category."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tallying.analysis.exact import fraction_text, share
from tallying.election import Project
from tallying.outcome import Outcome


@dataclass(frozen=True)
class Part:
    """One district or category; `name` is empty for the projects without any.

    A project of several categories counts in equal parts in each of them, so that the parts add
    up: `votes` (voters' choices of its projects), `cost` and `spent` (minor units) are fractions.
    """

    name: str
    projects: int
    funded: int
    votes: Fraction
    cost: Fraction
    spent: Fraction
    share_of_votes: Fraction
    share_of_spending: Fraction

    def to_json(self) -> dict[str, Any]:
        """The part as a value of JSON."""
        return {
            "name": self.name,
            "projects": self.projects,
            "funded": self.funded,
            "votes": fraction_text(self.votes),
            "cost": fraction_text(self.cost),
            "spent": fraction_text(self.spent),
            "share_of_votes": fraction_text(self.share_of_votes),
            "share_of_spending": fraction_text(self.share_of_spending),
        }


@dataclass(frozen=True)
class Spending:
    """Parts in the order of their names, by UTF-8 bytes."""

    districts: tuple[Part, ...]
    categories: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Both tables as a value of JSON."""
        return {
            "districts": [part.to_json() for part in self.districts],
            "categories": [part.to_json() for part in self.categories],
        }


def spending(outcome: Outcome) -> Spending:
    """Votes against money; what is funded in part counts with its amount."""
    return Spending(
        districts=_parts(outcome, lambda project: (project.district,)),
        categories=_parts(outcome, lambda project: tuple(sorted(set(project.categories)))),
    )


def _parts(outcome: Outcome, names_of: Callable[[Project], Sequence[str]]) -> tuple[Part, ...]:
    contest, funded = outcome.contest, set(outcome.funded)
    paid = _paid(outcome)
    rows: dict[str, list[tuple[int, Project, int]]] = {}
    for project, support in zip(contest.election.projects, contest.natural, strict=True):
        names = names_of(project) or ("",)
        for name in names:
            rows.setdefault(name, []).append((len(names), project, support.votes))
    all_votes = sum(support.votes for support in contest.natural)
    all_spent = sum(paid.values())
    return tuple(
        _part(name, rows[name], funded, paid, all_votes, all_spent)
        for name in sorted(rows, key=lambda name: name.encode())
    )


def _part(
    name: str,
    rows: Sequence[tuple[int, Project, int]],
    funded: set[str],
    paid: dict[str, int],
    all_votes: int,
    all_spent: int,
) -> Part:
    votes = sum((Fraction(votes, among) for among, _, votes in rows), Fraction(0))
    spent = sum((Fraction(paid.get(p.id, 0), among) for among, p, _ in rows), Fraction(0))
    return Part(
        name=name,
        projects=len(rows),
        funded=sum(project.id in funded for _, project, _ in rows),
        votes=votes,
        cost=sum((Fraction(project.cost, among) for among, project, _ in rows), Fraction(0)),
        spent=spent,
        share_of_votes=share(votes, all_votes),
        share_of_spending=share(spent, all_spent),
    )


def _paid(outcome: Outcome) -> dict[str, int]:
    election = outcome.contest.election
    paid = {name: election.projects[election.index[name]].cost for name in outcome.funded}
    partial = outcome.selection.partial
    return paid if partial is None else {**paid, partial[0]: partial[1]}
