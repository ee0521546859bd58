"""Greedy and the limits straight from their definitions: sums over what is funded, each time anew."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from tallying.election import BallotStyle, Election, Project
from tallying.profile import Profile


def fits(election: Election, funded: Iterable[Project], project: Project) -> bool:
    """Whether the project may be funded beside those that are."""
    together = [*funded, project]
    return sum(p.cost for p in together) <= election.budget and within_limits(election, together)


def within_limits(election: Election, funded: Iterable[Project]) -> bool:
    """Whether districts, categories and exclusive groups keep to their limits."""
    chosen = list(funded)
    by_district = {
        name: sum(p.cost for p in chosen if p.district == name)
        for name in election.district_budgets
    }
    by_category = {
        name: sum(p.cost for p in chosen if name in p.categories) for name in election.category_caps
    }
    groups = Counter(p.exclusive_group for p in chosen if p.exclusive_group is not None)
    return (
        all(spent <= election.district_budgets[name] for name, spent in by_district.items())
        and all(spent <= election.category_caps[name] for name, spent in by_category.items())
        and all(number == 1 for number in groups.values())
    )


def scores(profile: Profile) -> dict[str, int]:
    """What the ballots give each project: votes, points, or Borda points."""
    election = profile.election
    given: Counter[str] = Counter()
    longest = election.limits.max_length or len(election.projects)
    for choices, count in profile.pairs():
        for place, choice in enumerate(choices):
            if election.style.graded:
                given[choice[0]] += choice[1] * count
            elif election.style is BallotStyle.RANKED:
                given[choice] += (longest - place) * count
            else:
                given[choice] += count
    return dict(given)


def greedy(
    profile: Profile, lots: tuple[str, ...], per_cost: bool = False, stop: bool = False
) -> list[str]:
    """The funded projects in order; ties by lots."""
    election, score = profile.election, scores(profile)
    free_first = per_cost
    order = sorted(
        (p for p in election.projects if p.id in score),
        key=lambda p: (
            not (free_first and p.cost == 0),
            Fraction(-score[p.id], p.cost if per_cost else 1) if p.cost or not per_cost else 0,
            lots.index(p.id),
        ),
    )
    funded: list[Project] = []
    for project in order:
        if fits(election, funded, project):
            funded.append(project)
        elif stop and within_limits(election, [*funded, project]):
            break
    return [project.id for project in funded]
