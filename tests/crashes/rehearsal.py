"""One vote in which processes die, from the first ballot to the last answer."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from tests.crashes import services, voters
from tests.crashes.checker import Findings, examine
from tests.crashes.fail_points import recorded
from tests.stores import Store
from tests.voting.factories import ROUND, Vote
from tests.voting.factories import vote as make_vote
from voting import box, log
from voting.database import Sessions, open_engine, transaction
from voting.models import LogCheckpoint

LOOK_EVERY_SECONDS = 0.05
MOST = 10
"""Times the ballots asked for, at most, until every point has been reached."""


@dataclass(frozen=True)
class Plan:
    """What dies: processes at points, each with the passing that kills.

    `at`: what kills the database after a number of answers. `booths_at`: the numbers of answers
    after which a booth is killed wherever it is. `cluster`: the folder of the database that dies
    at points of its own.
    """

    booth: Mapping[str, int] = field(default_factory=dict)
    sequencer: Mapping[str, int] = field(default_factory=dict)
    at: Mapping[int, Callable[[], object]] = field(default_factory=dict)
    booths_at: frozenset[int] = frozenset()
    weak: bool = False
    cluster: Path | None = None


@dataclass(frozen=True)
class Result:
    """`kills` counts the deaths at each point."""

    kills: dict[str, int]
    retried: int
    findings: Findings


class Fate:
    """Carries the plan out, as answers come in."""

    def __init__(self, plan: Plan, record: Path, casts: int) -> None:
        self.plan, self.record, self.casts = plan, record, casts
        self.to_do = dict(plan.at)
        self.booths = set(plan.booths_at)

    def after(self, answered: int, booth: Callable[[], int]) -> bool:
        """Whether voting goes on: until there are enough ballots and everybody died somewhere."""
        for number in [number for number in self.to_do if number <= answered]:
            self.to_do.pop(number)()
        if any(number <= answered for number in self.booths):
            self.booths.difference_update(range(answered + 1))
            with contextlib.suppress(ProcessLookupError):
                os.kill(booth(), signal.SIGKILL)
        if answered < self.casts:
            return True
        return not {*self.plan.booth, *self.plan.sequencer} <= set(recorded(self.record))


def rehearse(url: str, folder: Path, plan: Plan, casts: int, people: int = 20) -> Result:
    """Cast at least `casts` ballots of `people` voters while the plan is carried out, and look."""
    engine = open_engine(url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    vote = make_vote(Store(url, engine, sessions), folder)
    requests = _requests(vote, casts * MOST, people)
    record = folder / "deaths"
    record.touch()
    arguments = (url, str(folder / "keys"), ROUND)
    with (
        watching(sessions, ROUND) as seen,
        process("sequencer", arguments, plan.sequencer, record, plan),
        process("booth", arguments, plan.booth, record, plan) as booth,
    ):
        voting = voters.vote(requests, booth, Fate(plan, record, casts).after)
    if not plan.weak:
        log.drain(sessions, vote.keys, ROUND)
    with sessions() as session:
        findings = examine(session, ROUND, voting.told, seen)
    engine.dispose()
    return Result(deaths(plan, record), voting.retried, findings)


def deaths(plan: Plan, record: Path) -> dict[str, int]:
    """How often each point killed somebody, and what died at any moment."""
    outside = {"booth, at any moment": len(plan.booths_at), "database": len(plan.at)}
    return recorded(record) | {name: count for name, count in outside.items() if count}


def process(
    role: str, arguments: Sequence[str], points: Mapping[str, int], record: Path, plan: Plan
) -> AbstractContextManager[services.Process]:
    variables = services.environment(points, record, weak=plan.weak, cluster=plan.cluster)
    return services.running(["tests.crashes.process", role, *arguments], variables)


def _requests(vote: Vote, casts: int, people: int) -> list[voters.Request]:
    """An open round, and a token for each ballot to come: voters vote again and again."""
    refs = vote.enrol(people)
    vote.seal()
    vote.open()
    order = [refs[number % people] for number in range(casts)]
    with transaction(vote.store.sessions) as session:
        tokens = box.issue_tokens(session, ROUND, order)
    bodies = [vote.body(choice).decode() for choice in "abc"]
    return [
        voters.Request(ref, token, bodies[number % len(bodies)])
        for number, (ref, token) in enumerate(zip(order, tokens, strict=True))
    ]


@contextmanager
def watching(sessions: Sessions, round_id: str) -> Iterator[dict[int, bytes]]:
    """The roots of the checkpoints that anybody could have seen, by their sizes."""
    seen: dict[int, bytes] = {}
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(LOOK_EVERY_SECONDS):
            try:
                with sessions() as session:
                    found = session.execute(
                        select(LogCheckpoint.size, LogCheckpoint.root).where(
                            LogCheckpoint.round_id == round_id
                        )
                    ).all()
            except DBAPIError:
                continue
            for size, root in found:
                # A second root for a size stays remembered as one that no log can have.
                seen[size] = bytes(root) if seen.get(size, root) == root else b""

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()
