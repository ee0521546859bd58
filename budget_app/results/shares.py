"""Spending beside votes, by category and by district."""

from dataclasses import dataclass

from budget_app.results.queries import Result
from budget_app.rounds.models import District


@dataclass(frozen=True)
class CategoryShare:
    """One category. A project in several counts in each of them, so shares may add up to more than one."""

    category: str
    score: int
    spent: int
    funded: int
    projects: int
    of_score: float
    of_spending: float


@dataclass(frozen=True)
class DistrictShare:
    """One district's budget, who voted there, and what became of the money.

    `is_told` is false where so few voted that `voters` is 0 instead.
    """

    district: District
    is_told: bool
    voters: int
    budget: int
    spent: int
    funded: int
    projects: int
    of_voters: float
    of_spending: float


def by_category(result: Result) -> list[CategoryShare]:
    """The categories of the ballot, those with most votes first; shares are of all projects."""
    all_score = sum(project.score for project in result.projects)
    found = []
    for category in {name for item in result.projects for name in item.project.categories}:
        members = [item for item in result.projects if category in item.project.categories]
        score = sum(item.score for item in members)
        spent = sum(item.spent for item in members)
        found.append(
            CategoryShare(
                category=category,
                score=score,
                spent=spent,
                funded=sum(item.funded for item in members),
                projects=len(members),
                of_score=_part(score, all_score),
                of_spending=_part(spent, result.spent),
            )
        )
    return sorted(found, key=lambda share: (-share.score, share.category))


def by_district(result: Result) -> list[DistrictShare]:
    """The districts in the round's order."""
    voters = result.counted("voters")
    return [
        DistrictShare(
            district=box.district,
            is_told=box.is_told,
            voters=box.voters,
            budget=box.budget,
            spent=box.spent,
            funded=sum(item.funded for item in box.projects),
            projects=len(box.projects),
            of_voters=_part(box.voters, voters),
            of_spending=_part(box.spent, result.spent),
        )
        for box in result.boxes
    ]


def _part(of: int, whole: int) -> float:
    return of / whole if whole else 0.0
