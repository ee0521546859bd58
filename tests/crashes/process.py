"""The processes that die: `python -m tests.crashes.process booth|sequencer URL KEYS ROUND`.

The booth reads one request a line and answers with one line, after the commit; the sequencer
works as `flask pb worker` lets it. A keeper that imported everything starts the next one when one
dies, as gunicorn does, and says so.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from tests.crashes import fail_points
from voting import box
from voting.database import Sessions, open_engine, transaction
from voting.keys import KeyStore
from voting.sequencer import Sequencer

THREADS = 8
PAUSE_SECONDS = 0.05
STARTED, DIED = "started", "died"


def say(*words: object) -> None:
    """One line in one piece, so that lines of threads do not mix."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def serve(sessions: Sessions, _keys: KeyStore, round_id: str) -> None:
    """Cast what standard input asks for, until it ends."""

    def answer(line: str) -> None:
        try:
            asked = json.loads(line)
        except ValueError:
            return  # what the one before had begun to read; it will be sent again
        request = box.CastRequest(round_id, asked["voter"], asked["token"], asked["body"].encode())
        try:
            with transaction(sessions) as session:
                code = box.cast(session, request).code
        except DBAPIError:  # the database is away: the page says so, and the voter tries again
            time.sleep(PAUSE_SECONDS)
            code = ""
        say(asked["token"], code)

    with ThreadPoolExecutor(THREADS) as pool:
        for line in sys.stdin:
            pool.submit(answer, line)


def sequence(sessions: Sessions, keys: KeyStore, _round_id: str) -> None:
    """Sequence until killed."""
    Sequencer(sessions, keys, PAUSE_SECONDS).run(threading.Event())


ROLES: dict[str, Callable[[Sessions, KeyStore, str], None]] = {
    "booth": serve,
    "sequencer": sequence,
}


def keep(work: Callable[[], None]) -> None:
    """Work in a child; in another one when it is killed."""
    while True:
        child = os.fork()
        if child == 0:
            say(STARTED, os.getpid())
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return
        say(DIED, child)


def main(role: str, url: str, folder: str, round_id: str) -> None:
    def work() -> None:
        fail_points.arm()
        engine = open_engine(url, pool_size=THREADS, pool_timeout=60)
        sessions = sessionmaker(engine, expire_on_commit=False)
        ROLES[role](sessions, KeyStore(Path(folder), "vote.example.org"), round_id)

    keep(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
