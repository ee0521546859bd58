"""Invented voters and their ballots: the same for the same seed, whatever the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from budget_app.demonstration.content import Table
from budget_app.rounds.replays import VoterBallot
from tallying.election import BallotStyle, Election
from voting import ballots
from voting.roll_file import Line

YOUNGEST = date(2007, 1, 1)
OLDEST = date(1938, 1, 1)
FAVOURED = 3
"""How much likelier a project of somebody's favourite category is."""
BLANK = 0.01
AGAIN = 0.03
"""The parts of the voters who cast a blank ballot, and who vote a second time."""


@dataclass(frozen=True)
class Choice:
    """A project as voters see it: `appeal` is how often it is chosen beside others."""

    key: str
    district: str
    appeal: int
    categories: tuple[str, ...]


@dataclass
class Electorate:
    """A roll, and the ballots in the order in which they are cast."""

    lines: list[Line] = field(default_factory=list)
    ballots: list[VoterBallot] = field(default_factory=list)


def invent(
    seed: str,
    districts: Sequence[Table],
    choices: Sequence[Choice],
    elections: Mapping[str, Election],
    *,
    voters: int,
    cast: int,
) -> Electorate:
    """`voters` people on the roll, of whom `cast` vote; `elections` by district."""
    random = Random(seed)  # noqa: S311 — an example, to be repeated exactly
    names = [district["slug"] for district in districts]
    shares = [district["share"] for district in districts]
    tastes = {name: _Taste([c for c in choices if c.district == name], random) for name in names}
    found = Electorate()
    for number in range(1, voters + 1):
        district = random.choices(names, shares)[0]
        line = Line(number, f"ST-{seed}-{number:06}", district, _birth(random))
        found.lines.append(line)
        if number <= cast:
            found.ballots.append(_ballot(line, elections[district], tastes[district]))
    for line in random.sample(found.lines[:cast], int(cast * AGAIN)):
        found.ballots.append(_ballot(line, elections[line.district], tastes[line.district]))
    return found


class _Taste:
    """Draws distinct projects of one district, favouring one category for each voter."""

    def __init__(self, choices: Sequence[Choice], random: Random) -> None:
        self.random = random
        self.keys = [choice.key for choice in choices]
        self.categories = sorted({name for choice in choices for name in choice.categories})
        self.weights = {
            favourite: list(
                accumulate(
                    c.appeal * (FAVOURED if favourite in c.categories else 1) for c in choices
                )
            )
            for favourite in self.categories
        }

    def draw(self, most: int) -> list[str]:
        """Up to `most` projects, the dearest to the voter first."""
        weights = self.weights[self.random.choice(self.categories)]
        drawn = self.random.choices(self.keys, cum_weights=weights, k=3 * most)
        return list(dict.fromkeys(drawn))[:most]


def _ballot(line: Line, election: Election, taste: _Taste) -> VoterBallot:
    chosen = [] if taste.random.random() < BLANK else _choices(election, taste)
    return VoterBallot(line.identity_number, ballots.encode(election.style, chosen))


def _choices(election: Election, taste: _Taste) -> list[Any]:
    """What one voter writes, within the limits of the election."""
    if election.style is BallotStyle.KNAPSACK:
        return _affordable(election, taste.draw(len(taste.keys)))
    most = election.limits.max_length or len(taste.keys)
    names = taste.draw(taste.random.randint(1, min(most, len(taste.keys))))
    if election.style is BallotStyle.POINTS:
        return _shared(names, election.limits.max_points or len(names), taste.random)
    return names


def _affordable(election: Election, names: Sequence[str]) -> list[str]:
    chosen, left = [], election.budget
    costs = {project.id: project.cost for project in election.projects}
    for name in names:
        if costs[name] <= left:
            chosen.append(name)
            left -= costs[name]
    return chosen


def _shared(names: Sequence[str], points: int, random: Random) -> list[list[Any]]:
    """All points, at least one for each, more for those drawn first."""
    given = [1] * len(names)
    for _ in range(points - len(names)):
        given[min(random.randrange(len(names)), random.randrange(len(names)))] += 1
    return [[name, number] for name, number in zip(names, given, strict=True)]


def _birth(random: Random) -> date:
    return OLDEST + timedelta(days=random.randrange((YOUNGEST - OLDEST).days))
