"""What is voted on: projects, the budget, and what a ballot may say.

Money is in whole minor units of the currency (cents; złoty when a file knows no smaller unit).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from tallying.errors import InvalidElection

LARGEST_AMOUNT = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly."""

CONSTRAINTS = ("district_budgets", "category_caps", "category_floors")
"""The limits on parts of the budget; an election without them does not mention them in JSON."""


class BallotStyle(StrEnum):
    """What a ballot may say."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    RANKED = "ranked"
    POINTS = "points"
    SCORE = "score"

    @property
    def graded(self) -> bool:
        """Whether a choice is a project with a number rather than a project alone."""
        return self in (BallotStyle.POINTS, BallotStyle.SCORE)


@dataclass(frozen=True)
class Project:
    """A project on the ballot; `cost` in minor units.

    At most one project of an `exclusive_group` is funded. A project that may be funded in part
    takes `partial_minimum` plus whole multiples of `partial_step`, both in minor units.
    """

    id: str
    name: str
    cost: int
    categories: tuple[str, ...] = ()
    district: str = ""
    exclusive_group: str | None = None
    partial_minimum: int | None = None
    partial_step: int = 1

    def __post_init__(self) -> None:
        if not self.id:
            raise InvalidElection("A project has no id.")
        _amount(self.cost, 0, f"The cost of project {self.id}")
        _amount(self.partial_step, 1, f"The step of partial funding of project {self.id}")
        if self.partial_minimum is not None:
            _amount(self.partial_minimum, 0, f"The minimum funding of project {self.id}")

    def to_json(self) -> dict[str, Any]:
        """The project as a value of canonical JSON."""
        return {**asdict(self), "categories": list(self.categories)}


@dataclass(frozen=True)
class Limits:
    """What a valid ballot keeps to.

    `min_length` and `max_length` count projects; `min_points` and `max_points` are points given
    in all; `max_score` is the top grade of one project; `min_spend` is the least total cost of a
    knapsack ballot, in minor units. A blank ballot is free of the lower limits.
    """

    min_length: int = 0
    max_length: int | None = None
    max_points: int | None = None
    max_score: int | None = None
    min_spend: int = 0
    blank_allowed: bool = True
    min_points: int = 0

    def __post_init__(self) -> None:
        for name in ("min_length", "min_points", "min_spend"):
            _amount(getattr(self, name), 0, f"The limit {name}")
        for name in ("max_length", "max_points", "max_score"):
            if getattr(self, name) is not None:
                _amount(getattr(self, name), 1, f"The limit {name}")
        if self.max_length is not None and self.min_length > self.max_length:
            raise InvalidElection("A ballot must name more projects than it may.")
        if self.max_points is not None and self.min_points > self.max_points:
            raise InvalidElection("A ballot must give more points than it may.")


@dataclass(frozen=True)
class Election:
    """Projects, a budget in minor units, and the ballots' style and limits.

    `minor_digits` says how many decimals the currency's minor unit stands for. District budgets
    and category caps are the most, category floors the least that may be spent on the projects of
    one, in minor units; what is not named is not limited. `withdrawn` are ids of projects that
    stay on the ballot and cannot be funded. Raises `InvalidElection` on a repeated id, an amount
    that is negative or too large, a district or category that no project has, a cap below its
    floor, and a withdrawn project that is not on the ballot.
    """

    projects: tuple[Project, ...]
    budget: int
    style: BallotStyle
    limits: Limits = field(default_factory=Limits)
    currency: str = ""
    minor_digits: int = 0
    district_budgets: Mapping[str, int] = field(default_factory=dict)
    category_caps: Mapping[str, int] = field(default_factory=dict)
    category_floors: Mapping[str, int] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _amount(self.budget, 0, "The budget")
        if not 0 <= self.minor_digits <= 9:
            raise InvalidElection("A currency has between 0 and 9 decimals.")
        if len(self.index) != len(self.projects):
            times = Counter(project.id for project in self.projects)
            repeated = next(name for name, number in times.items() if number > 1)
            raise InvalidElection(f"Two projects have the id {repeated}.")
        for name in self.withdrawn:
            if name not in self.index:
                raise InvalidElection(f"The withdrawn project {name} is not on the ballot.")
        self._check_constraints()

    def _check_constraints(self) -> None:
        districts = {project.district for project in self.projects}
        categories = {name for project in self.projects for name in project.categories}
        _limits(self.district_budgets, districts, "district", "budget")
        _limits(self.category_caps, categories, "category", "cap")
        _limits(self.category_floors, categories, "category", "floor")
        for name, floor in self.category_floors.items():
            if floor > self.category_caps.get(name, floor):
                raise InvalidElection(f"The cap of the category {name} is below its floor.")

    @cached_property
    def index(self) -> dict[str, int]:
        """Each project's position in `projects`, by its id."""
        return {project.id: position for position, project in enumerate(self.projects)}

    def to_json(self) -> dict[str, Any]:
        """The election as a value of canonical JSON, its projects sorted by id."""
        projects = sorted(self.projects, key=lambda project: project.id.encode())
        return {
            "budget": self.budget,
            "currency": self.currency,
            "limits": asdict(self.limits),
            "minor_digits": self.minor_digits,
            "projects": [project.to_json() for project in projects],
            "style": self.style.value,
            **{name: dict(getattr(self, name)) for name in CONSTRAINTS if getattr(self, name)},
            **({"withdrawn": sorted(self.withdrawn)} if self.withdrawn else {}),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises `InvalidElection`."""
        try:
            projects = tuple(
                Project(**{**item, "categories": tuple(item.get("categories", ()))})
                for item in value["projects"]
            )
            return cls(
                projects=projects,
                budget=value["budget"],
                style=BallotStyle(value["style"]),
                limits=Limits(**value["limits"]),
                currency=value["currency"],
                minor_digits=value["minor_digits"],
                **{name: dict(value[name]) for name in CONSTRAINTS if name in value},
                withdrawn=tuple(value.get("withdrawn", ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidElection(f"This is no election: {error}.") from error


def _limits(limits: Mapping[str, int], known: set[str], kind: str, what: str) -> None:
    for name, amount in limits.items():
        if name not in known:
            raise InvalidElection(f"No project has the {kind} {name}, which has a {what}.")
        _amount(amount, 0, f"The {what} of the {kind} {name}")


def _amount(value: object, least: int, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidElection(f"{what} is not a whole number.")
    if not least <= value <= LARGEST_AMOUNT:
        raise InvalidElection(f"{what} is not between {least} and {LARGEST_AMOUNT}.")
