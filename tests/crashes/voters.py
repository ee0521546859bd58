"""Voters who post the same token and ballot again until they are answered, as the page does."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.crashes.process import DIED, STARTED
from tests.crashes.services import Process

WINDOW = 16
"""How many wait for an answer at once."""
AGAIN_EVERY = 10
"""The answer to every tenth is lost on its way: that voter asks once more."""

After = Callable[[int, int], bool]
"""Called with the number of ballots answered so far and the booth's process id.

It may kill, and answers whether more ballots are to be cast.
"""


@dataclass(frozen=True)
class Request:
    """One ballot and its one-time token."""

    voter: str
    token: str
    body: str


@dataclass
class Voting:
    """What the voters were told: each token's receipt codes, and how many posts were repeats."""

    told: dict[str, set[str]] = field(default_factory=dict)
    retried: int = 0


def vote(requests: Iterable[Request], booth: Process, after: After) -> Voting:
    """Cast ballots at `booth`; whoever waits when it dies asks its successor."""
    voting, to_send, waiting = Voting(), deque(requests), dict[str, Request]()
    number = 0
    while to_send or waiting:
        while to_send and len(waiting) < WINDOW:
            request = to_send.popleft()
            waiting[request.token] = request
            _send(booth, request)
        word, said = _hear(booth)
        if word == STARTED:
            number = int(said)
        elif word == DIED:
            for request in waiting.values():
                _send(booth, request)
            voting.retried += len(waiting)
        elif said and word in waiting and not _asks_again(voting, word):
            voting.told.setdefault(word, set()).add(said)
            waiting.pop(word)
            if not after(len(voting.told), number):
                to_send.clear()
        elif word in waiting:
            _send(booth, waiting[word])
            voting.retried += 1
            if said:
                voting.told.setdefault(word, set()).add(said)
        else:  # the answer to a repeat
            voting.told[word].add(said)
    return voting


def _hear(booth: Process) -> tuple[str, str]:
    line = booth.stdout.readline()  # type: ignore[union-attr]
    if not line:
        message = "The booth's keeper is gone."
        raise RuntimeError(message)
    word, _, said = line.rstrip("\n").partition(" ")
    return word, said


def _asks_again(voting: Voting, token: str) -> bool:
    return token not in voting.told and len(voting.told) % AGAIN_EVERY == 0


def _send(booth: Process, request: Request) -> None:
    booth.stdin.write(json.dumps(vars(request)) + "\n")  # type: ignore[union-attr]
