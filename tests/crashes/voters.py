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

After = Callable[[int, Callable[[], int]], bool]
"""Called with the number of ballots answered so far, and a look at the booth's process id.

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
    process = _Booth()
    while to_send or waiting:
        while to_send and len(waiting) < WINDOW:
            request = to_send.popleft()
            waiting[request.token] = request
            _send(booth, request)
        word, said = _hear(booth)
        if word == STARTED:
            process.number = int(said)
        elif word == DIED:
            for request in waiting.values():
                _send(booth, request)
            voting.retried += len(waiting)
        elif _is_told(voting, word, said):
            waiting.pop(word, None)
            if not after(len(voting.told), process.look):
                to_send.clear()
        elif word in waiting:
            _send(booth, waiting[word])
            voting.retried += 1
    return voting


@dataclass
class _Booth:
    number: int = 0

    def look(self) -> int:
        return self.number


def _is_told(voting: Voting, token: str, code: str) -> bool:
    """Whether the voter has the answer: it did not fail, nor get lost on its way."""
    if not code:
        return False
    is_lost = token not in voting.told and len(voting.told) % AGAIN_EVERY == 0
    voting.told.setdefault(token, set()).add(code)
    return not is_lost


def _hear(booth: Process) -> tuple[str, str]:
    line = booth.stdout.readline()  # type: ignore[union-attr]
    if not line:
        message = "The booth's keeper is gone."
        raise RuntimeError(message)
    word, _, said = line.rstrip("\n").partition(" ")
    return word, said


def _send(booth: Process, request: Request) -> None:
    booth.stdin.write(json.dumps(vars(request)) + "\n")  # type: ignore[union-attr]
