"""The smallest change of votes that changes what is funded.

A change is: one project gets k more or k fewer votes (points, where ballots grade), all else the
same. Greedy rules only look at scores, so the outcome can only change where a changed score meets
another one, the least score, or nothing: those numbers are tried from the smallest, and the first
that changes the outcome is the smallest there is. For other rules the number is an upper bound:
so many further voters who choose one project alone were tried, and changed the outcome; a smaller
change may exist. Boehmer, Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron and
Szufa 2024, "Evaluation of project performance in participatory budgeting", measure single losing
projects in this way; here it is asked of the whole outcome.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tallying.analysis import recount
from tallying.outcome import Outcome
from tallying.rules.margins import BY_VOTES
from tallying.rules.rule import Completion
from tallying.rules.walk import Order

RECOUNTS = 1000
"""How many changes are tried at most under a greedy rule."""
PROJECTS, HALVINGS = 3, 4
"""Under other rules: for how many projects, and how often the number of voters is halved."""

ONLY_SCORES = frozenset({"greedy", "borda"})


@dataclass(frozen=True)
class Closeness:
    """The change that was found: `project` gets `change` more `unit` (fewer, when negative).

    `exact`: no smaller change of one project changes the outcome; without a change, none does.
    Otherwise the change is an upper bound, if there is one, and no change of up to `more_than`
    changes the outcome.
    """

    project: str | None
    change: int | None
    unit: str
    exact: bool
    more_than: int = 0

    def to_json(self) -> dict[str, Any]:
        """The change as a value of JSON."""
        return asdict(self)


def closeness(outcome: Outcome) -> Closeness:
    """The smallest change under a greedy rule, and an upper bound of it under any other."""
    if outcome.config.rule in ONLY_SCORES:
        return _Greedy(outcome).smallest()
    return _bounded(outcome)


class _Greedy:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome, self._contest = outcome, outcome.contest
        self._by_votes = self._contest.utility in BY_VOTES
        self._unit = "votes" if self._by_votes else "points"

    def smallest(self) -> Closeness:
        """Try the numbers at which something can change, from the smallest."""
        changes = sorted(
            {
                (abs(change), -change, p)
                for p in range(len(self._contest.supports))
                for change in self._turns(p)
            },
            key=lambda item: (item[0], item[1], self._id(item[2]).encode()),
        )
        for size, negative, p in changes[:RECOUNTS]:
            if self._differs(p, -negative):
                return Closeness(self._id(p), -negative, self._unit, exact=True, more_than=size - 1)
        if len(changes) <= RECOUNTS:
            return Closeness(None, None, self._unit, exact=True)
        stated = _stated(self._outcome)
        change, project = stated[0] if stated else (None, None)
        more_than = changes[RECOUNTS][0] - 1
        return Closeness(project, change, self._unit, exact=False, more_than=more_than)

    def _id(self, position: int) -> str:
        return self._contest.election.projects[position].id

    def _gain(self, position: int) -> int:
        return self._contest.supports[position].scale if self._by_votes else 1

    def _turns(self, p: int) -> Iterator[int]:
        """The changes of a project's votes or points at which the order or its part changes."""
        mine, gain = self._contest.supports[p], self._gain(p)
        lowest = -mine.votes if self._by_votes else -mine.score
        yield from (lowest, 1) if lowest else (1,)
        if not gain:
            return
        least = self._contest.parameters.get("min_score", 0)
        per_cost = self._contest.parameters.get("order") == Order.SCORE_PER_COST
        costs = [project.cost for project in self._contest.election.projects]
        for q, other in enumerate(self._contest.supports):
            mine_by, other_by = (costs[q], costs[p]) if per_cost else (1, 1)
            if q == p or not mine_by:
                continue
            below, rest = divmod(other.score * other_by - mine.score * mine_by, gain * mine_by)
            around = (below, below + 1) if rest else (below - 1, below, below + 1)
            yield from (k for k in around if k and k >= lowest)
        reaches = -(-(least - mine.score) // gain)
        yield from (k for k in (reaches - 1, reaches) if k and k >= lowest)

    def _differs(self, p: int, change: int) -> bool:
        votes = change if self._by_votes else 0
        if not self._by_votes and not self._contest.supports[p].votes:
            votes = 1
        if change == -self._contest.supports[p].score:
            votes = -self._contest.supports[p].votes
        contest = recount.with_score(self._contest, p, votes, change * self._gain(p))
        again = recount.select(self._outcome, contest)
        selection = self._outcome.selection
        return again is None or (set(again.funded), again.partial) != (
            set(selection.funded),
            selection.partial,
        )


def _bounded(outcome: Outcome) -> Closeness:
    """The least number of further voters of one project that was seen to change the outcome."""
    stated = _stated(outcome)
    if not stated:
        return Closeness(None, None, "votes", exact=False)
    best, project = stated[0]
    if outcome.contest.completion not in (Completion.NONE, Completion.GREEDY):
        return Closeness(project, best, "votes", exact=False)
    for _, name in stated[:PROJECTS]:
        trial = best
        for _ in range(HALVINGS):
            trial //= 2
            if not trial or not _changes(outcome, name, trial):
                break
            best, project = trial, name
    return Closeness(project, best, "votes", exact=False)


def _stated(outcome: Outcome) -> list[tuple[int, str]]:
    """How much more is surely enough for one project, the least first."""
    return sorted(
        (int(margin["more"]), str(margin["project"]))
        for margin in outcome.selection.margins
        if margin["more"] is not None
    )


def _changes(outcome: Outcome, name: str, voters: int) -> bool:
    position = outcome.contest.election.index[name]
    again = recount.select(outcome, recount.with_voters(outcome.contest, position, voters))
    return again is None or set(again.funded) != set(outcome.funded)
