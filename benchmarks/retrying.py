"""Voters who cast through HTTP and post the same form again until they are answered."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from benchmarks.polling_place import ADDRESS, BOX, HOST, PollingPlace

CLIENTS = 16
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.1
AGAIN_EVERY = 10
"""The answer to every tenth is lost on its way: that voter posts once more."""
SEE_OTHER = 303
SERVER_ERROR = 500

Browser = tuple[str, str]


@dataclass
class Crowd:
    """All voters, what each token was told, and how many posts were repeats.

    `after` is called with the number of ballots answered so far.
    """

    port: int
    place: PollingPlace
    after: Callable[[int], object]
    told: dict[str, set[str]] = field(default_factory=dict)
    retried: int = 0
    _answered: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def vote(self, tokens: list[list[str]]) -> None:
        """Each voter casts with their tokens, one after the other; many voters at once."""
        jobs = list(zip(self.place.browsers, tokens, strict=True))
        shares = [jobs[number::CLIENTS] for number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            for done in [pool.submit(self._vote, share) for share in shares]:
                done.result()

    def _vote(self, share: list[tuple[Browser, list[str]]]) -> None:
        connection = HTTPConnection(HOST, self.port, timeout=30)
        for round_ in itertools.zip_longest(*(tokens for _, tokens in share)):
            for (browser, _), token in zip(share, round_, strict=True):
                if token is not None:
                    self._cast(connection, browser, token)
        connection.close()

    def _cast(self, connection: HTTPConnection, browser: Browser, token: str) -> None:
        code = self._ask(connection, browser, token)
        number = next(self._answered)
        self.told[token] = {code}
        if number % AGAIN_EVERY == 0:
            self.told[token].add(self._ask(connection, browser, token))
            self._repeat()
        self.after(number)

    def _ask(self, connection: HTTPConnection, browser: Browser, token: str) -> str:
        """The receipt's code; raises `RuntimeError` when it is refused or takes too long."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            code = self._post(connection, browser, token)
            if code:
                return code
            self._repeat()
            time.sleep(PAUSE_SECONDS)
        message = "A ballot was not answered."
        raise RuntimeError(message)

    def _repeat(self) -> None:
        with self._lock:
            self.retried += 1

    def _post(self, connection: HTTPConnection, browser: Browser, token: str) -> str:
        """One post; nothing when no answer came, or one that says to try again.

        The connection stays open as a browser's does, and is opened again when it was lost.
        """
        cookie, csrf = browser
        fields = {"csrf_token": csrf, "token": token, "box": BOX, "choice": self.place.choice}
        headers = {
            "Cookie": f"session={cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", f"{ADDRESS}/cast", urlencode(fields), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            connection.close()
            return ""
        if answer.status >= SERVER_ERROR:
            return ""
        if answer.status != SEE_OTHER:
            message = f"A cast was answered with {answer.status}."
            raise RuntimeError(message)
        return answer.headers["Location"].rpartition("/")[2]
