"""What may still be funded: the money left, over all and where it is limited, and the exclusive groups."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Self

from tallying.codes import Code
from tallying.election import Election, Project
from tallying.rules.rule import Verdict


class Room:
    """The budget, district budgets, category caps and exclusive groups of an election under way.

    Money is in minor units. A project of several categories counts in full in each of them. All
    obstacles are permanent: money only falls, and a group that has its project stays closed.
    """

    def __init__(self, election: Election, left: int | None = None) -> None:
        self.left = election.budget if left is None else left
        self.taken_groups: dict[str, str] = {}
        """Exclusive group → the project that was funded from it."""
        self._districts = dict(election.district_budgets)
        self._categories = dict(election.category_caps)

    def obstacle(self, project: Project) -> Verdict | None:
        """Why the project cannot be funded whole any more, or None."""
        closed = self.shut_out(project)
        if closed is not None or project.cost <= self.left:
            return closed
        return Verdict(Code.TOO_EXPENSIVE, {"left": self.left})

    def shut_out(self, project: Project) -> Verdict | None:
        """Its group, its district's budget or a category's cap, where it stands in the way."""
        group = project.exclusive_group
        if group is not None and group in self.taken_groups:
            rival = self.taken_groups[group]
            return Verdict(Code.EXCLUDED_BY_GROUP, {"group": group, "with": rival})
        district = project.district
        if project.cost > self._districts.get(district, project.cost):
            values = {"district": district, "district_left": self._districts[district]}
            return Verdict(Code.OVER_DISTRICT_BUDGET, values)
        for category in sorted(set(project.categories)):
            if project.cost > self._categories.get(category, project.cost):
                values = {"category": category, "category_left": self._categories[category]}
                return Verdict(Code.OVER_CATEGORY_CAP, values)
        return None

    def take(self, project: Project, amount: int | None = None) -> None:
        """Fund a project, in part when an amount in minor units is given."""
        paid = project.cost if amount is None else amount
        self.left -= paid
        if project.exclusive_group is not None:
            self.taken_groups[project.exclusive_group] = project.id
        if project.district in self._districts:
            self._districts[project.district] -= paid
        for category in set(project.categories) & self._categories.keys():
            self._categories[category] -= paid

    def copy(self) -> Self:
        """The same room, to try out what would fit together."""
        return deepcopy(self)

    def fits_together(self, projects: Iterable[Project]) -> bool:
        """Whether all of them can be funded, in any order."""
        trial = self.copy()
        for project in projects:
            if trial.obstacle(project) is not None:
                return False
            trial.take(project)
        return True
