"""Schulze's rule straight from the definition: voter by voter, path by path."""

from itertools import permutations

from tallying.election import Project
from tallying.outcome import Outcome
from tallying.rules.room import Room


def funded(outcome: Outcome) -> list[str]:
    """Who is funded when the same contest is counted plainly."""
    contest = outcome.contest
    ballots = [tuple(choices) for choices, weight in contest.profile.pairs() for _ in range(weight)]
    supported = {name for ballot in ballots for name in ballot}
    waiting = [project for project in contest.election.projects if project.id in supported]
    strength = strengths(ballots, [project.id for project in waiting])
    room, taken = Room(contest.election), []
    while waiting:
        unbeaten = [p for p in waiting if not any(_beats(strength, q, p) for q in waiting)]
        chosen = min(unbeaten, key=contest.ties.ranking)
        waiting.remove(chosen)
        if room.obstacle(chosen) is None:
            room.take(chosen)
            taken.append(chosen.id)
    return taken


def _beats(strength: dict[tuple[str, str], int], one: Project, other: Project) -> bool:
    return strength.get((one.id, other.id), 0) > strength.get((other.id, one.id), 0)


def strengths(ballots: list[tuple[str, ...]], ids: list[str]) -> dict[tuple[str, str], int]:
    """The strongest of all the simple paths between every two."""

    def above(one: str, other: str) -> int:
        return sum(
            one in ballot and (other not in ballot or ballot.index(one) < ballot.index(other))
            for ballot in ballots
        )

    wins = {(a, b): above(a, b) for a, b in permutations(ids, 2) if above(a, b) > above(b, a)}
    found: dict[tuple[str, str], int] = {}

    def follow(start: str, path: list[str], weakest: int) -> None:
        for follower in ids:
            link = wins.get((path[-1], follower), 0)
            if follower in path or not link:
                continue
            strength = min(weakest, link)
            found[start, follower] = max(found.get((start, follower), 0), strength)
            follow(start, [*path, follower], strength)

    for start in ids:
        follow(start, [start], len(ballots))
    return found
