"""How far a project is from being funded: a fixed amount of work per project, never a search by time."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from tallying.election import LARGEST_AMOUNT, Election, Project
from tallying.rules.room import Room
from tallying.rules.rule import Completion, Contest
from tallying.rules.walk import Candidate, Order, Walk
from tallying.utilities import Utility

BY_VOTES = (Utility.CARDINALITY, Utility.COST)
"""Utilities under which one further vote adds a fixed amount to the score."""


def greedy_margins(
    walk: Walk,
    candidates: Sequence[Candidate],
    election: Election,
    min_score: int,
    utility: Utility,
) -> tuple[dict[str, Any], ...]:
    """The fewest further votes (or points) with which each unfunded project would be funded.

    All other ballots stay as they are. A project left out takes nothing from the others, so it
    only has to come before the last moment at which it would still have been funded; from there
    on money only falls. `more` is null where no number of votes that can be counted is enough. `exact` is false where
    the number is an upper bound: among equal scores the extra points may come from one voter or
    from several, which the tie order may look at.
    """
    by_id = {candidate.project.id: candidate for candidate in candidates}
    reached = [by_id[round_["project"]] for round_ in walk.rounds]
    course = _Course(walk, election, reached)
    funded = {*walk.funded, *((walk.partial[0],) if walk.partial else ())}
    found = []
    for candidate in candidates:
        if candidate.project.id in funded:
            continue
        more, exact = _Margin(walk, candidate, min_score, utility).more(course)
        found.append(
            {
                "project": candidate.project.id,
                "more": more,
                "unit": "votes" if utility in BY_VOTES else "points",
                "exact": exact,
            }
        )
    return tuple(sorted(found, key=lambda margin: str(margin["project"]).encode()))


def sufficient_votes(contest: Contest, funded: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """A number of further voters, each choosing only this project, that is surely enough.

    With k of them, each holds B / (n + k), rounded down to whole units of the currency when shares
    begin so. Nothing else can take their money, so once they alone can pay c, the project is
    bought, with any greater shares too: k · share ≥ c. The true number may be smaller. Nothing is
    said of a project of an exclusive group, of a district with a budget or of a category with a
    cap, since others can shut it out there, nor where the outcome is compared with another rule's.
    """
    election, total = contest.election, contest.profile.total
    untouched = Room(election)
    found: list[dict[str, Any]] = []
    for project, support in zip(election.projects, contest.natural, strict=True):
        if project.id in funded:
            continue
        margin = {"project": project.id, "unit": "votes"}
        if untouched.obstacle(project) is not None:
            found.append({**margin, "more": None, "exact": True})
        elif not _rivalled(election, project) and not contest.parameters["compare"]:
            least = max(1, contest.parameters["min_score"] - support.score)
            more = _enough_to_pay(contest, project.cost, total, least)
            countable = more is not None and more <= LARGEST_AMOUNT
            found += [{**margin, "more": more, "exact": False}] if countable else []
    return tuple(sorted(found, key=lambda item: str(item["project"]).encode()))


def _rivalled(election: Election, project: Project) -> bool:
    """Whether others can use up what this project may be funded from, besides the budget."""
    return (
        project.exclusive_group is not None
        or project.district in election.district_budgets
        or any(category in election.category_caps for category in project.categories)
    )


TRIALS = 1000
"""How many numbers are tried at most, where rounding of the shares spoils the plain formula."""


def _enough_to_pay(contest: Contest, cost: int, total: int, least: int) -> int | None:
    budget, major = contest.election.budget, 10**contest.election.minor_digits
    if budget == cost and cost and total:
        return None
    more = max(least, -(-cost * total // (budget - cost)) if budget > cost else 1)
    raising = contest.completion in (Completion.ADD1, Completion.ADD1_GREEDY)
    integral = raising and contest.parameters["integral"]
    if not integral:
        return more
    trials = range(more, more + TRIALS)
    return next((k for k in trials if k * (budget // ((total + k) * major) * major) >= cost), None)


class _Place(Enum):
    """Where a project has to come when no other project says it."""

    LAST = "last"
    """The last place is early enough."""
    NEVER = "never"
    """No place is early enough."""


_Limit = tuple[str, str]
"""A limit on money: its kind, and the district's or category's name."""


class _Course:
    """What the money of each limit was before each place of the walk: it only falls."""

    def __init__(self, walk: Walk, election: Election, reached: Sequence[Candidate]) -> None:
        self._walk, self._reached = walk, reached
        self._own = {candidate.project.id: i for i, candidate in enumerate(reached)}
        self._missing: dict[_Limit, list[int]] = {
            limit: [-amount] for limit, amount in _limits(election)
        }
        self._places: dict[_Limit, list[int]] = {limit: [0] for limit in self._missing}
        for name in walk.funded:
            place = self._own[name]
            for limit in _of(reached[place].project):
                if limit in self._missing:
                    self._missing[limit].append(
                        self._missing[limit][-1] + reached[place].project.cost
                    )
                    self._places[limit].append(place + 1)

    def last_rival(self, candidate: Candidate) -> "Candidate | _Place":
        """The last project before which it would still have been funded."""
        blocked, end = self._blocked(candidate.project), len(self._reached)
        if blocked > end and not self._walk.ended_by:
            return _Place.LAST
        last = min(blocked, end)
        return self._reached[last - 1] if last else _Place.NEVER

    def _blocked(self, project: Project) -> int:
        """The first place at which it does not fit any more; beyond the end when it always does."""
        places = [len(self._reached) + 1]
        for limit in _of(project):
            if limit in self._missing:
                later = bisect_right(self._missing[limit], -project.cost)
                places += self._places[limit][later : later + 1]
        winner = self._walk.room.taken_groups.get(project.exclusive_group or "")
        if winner is not None:
            places.append(self._own[winner] + 1)
        return min(places)


def _limits(election: Election) -> Iterator[tuple[_Limit, int]]:
    yield ("budget", ""), election.budget
    yield from ((("district", name), left) for name, left in election.district_budgets.items())
    yield from ((("category", name), left) for name, left in election.category_caps.items())


def _of(project: Project) -> Iterator[_Limit]:
    yield ("budget", "")
    yield ("district", project.district)
    yield from (("category", name) for name in sorted(set(project.categories)))


class _Margin:
    def __init__(self, walk: Walk, candidate: Candidate, min_score: int, utility: Utility) -> None:
        self._walk, self._candidate = walk, candidate
        self._min_score = min_score
        self._by_votes = utility in BY_VOTES
        self._gain = candidate.project.cost if utility is Utility.COST else 1

    def more(self, course: "_Course") -> tuple[int | None, bool]:
        """Further votes needed, and whether that number is exact."""
        least = self._to_take_part()
        rival = course.last_rival(self._candidate)
        if least is None or rival is _Place.NEVER:
            return None, True
        if rival is _Place.LAST:
            return least, True
        ahead, exact = self._to_pass(rival)
        if ahead is None or max(least, ahead) > LARGEST_AMOUNT:
            return None, True
        return max(least, ahead), exact or least >= ahead

    def _to_take_part(self) -> int | None:
        """Votes until it has a supporter and the minimum score."""
        missing = self._min_score - self._candidate.score
        if missing > 0 and self._gain == 0:
            return None
        by_score = -(-missing // self._gain) if missing > 0 else 0
        return max(by_score, 0 if self._candidate.votes else 1)

    def _to_pass(self, rival: Candidate) -> tuple[int | None, bool]:
        """The fewest votes to come before the rival, and whether that number is exact."""
        mine, other = self._candidate, rival
        left_side, right_side = mine.score, other.score
        gain = self._gain
        if self._walk.order is Order.SCORE_PER_COST:
            if (
                0 in (mine.project.cost, other.project.cost)
                and mine.project.cost + other.project.cost
            ):
                return (0 if mine.project.cost == 0 else None), True  # what costs nothing is best
            left_side, right_side = left_side * other.project.cost, right_side * mine.project.cost
            gain *= other.project.cost
        missing = right_side - left_side
        if gain == 0:
            return (None, True) if missing > 0 else self._to_win_the_tie(rival)
        level = max(0, -(-missing // gain))
        if left_side + level * gain > right_side:
            return level, True
        ties = self._walk.ties
        extra = level if self._by_votes else 0
        if ties.ranking(mine.project, extra) < ties.ranking(other.project):
            return level, self._by_votes
        return level + 1, self._by_votes

    def _to_win_the_tie(self, rival: Candidate) -> tuple[int | None, bool]:
        """Where no vote changes the score: the fewest that the tie order puts before the rival's."""
        ties, mine = self._walk.ties, self._candidate
        level = max(0, rival.votes - mine.votes)
        for more in (0, level, level + 1) if self._by_votes else (0,):
            if ties.ranking(mine.project, more) < ties.ranking(rival.project):
                return more, self._by_votes
        return None, self._by_votes
