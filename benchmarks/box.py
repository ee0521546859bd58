"""Casts per second straight into the ballot box, by many client processes at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from sqlalchemy.orm import sessionmaker

from voting import box
from voting.box import CastRequest
from voting.database import Sessions, open_engine, transaction

PROCESSES, THREADS = 4, 4

_sessions: list[Sessions] = []


def casts_per_second(url: str, requests: Sequence[CastRequest]) -> float:
    """Every request in a transaction of its own, committed durably."""
    shares = [requests[number::PROCESSES] for number in range(PROCESSES)]
    # Spawned: a forked process would share its parent's connections.
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), initializer=_connect, initargs=(url,)
    ) as pool:
        list(pool.map(_cast_all, [share[:THREADS] for share in shares]))  # connects
        began = time.perf_counter()
        done = sum(pool.map(_cast_all, [share[THREADS:] for share in shares]))
        return done / (time.perf_counter() - began)


def _connect(url: str) -> None:
    _sessions.append(sessionmaker(open_engine(url, pool_size=THREADS)))


def _cast_all(requests: Sequence[CastRequest]) -> int:
    with ThreadPoolExecutor(THREADS) as threads:
        return sum(1 for _ in threads.map(_cast, requests))


def _cast(request: CastRequest) -> None:
    with transaction(_sessions[0]) as session:
        box.cast(session, request)
