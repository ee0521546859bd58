"""The live part of a hearing: as many requests as it takes, and five hundred pages that look again.

    python -m benchmarks.hearing [--seconds N]

gunicorn runs on loopback beside its clients. Meanwhile somebody asks or supports every second, so
that every process renders anew as in a lively hearing.
"""

import argparse
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from benchmarks.casting import THREADS, percentile, postgresql_store, server, sqlite_store
from benchmarks.polling_place import HOST
from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.hearings import questions, services
from budget_app.hearings.models import Hearing
from budget_app.hearings.services import HearingFacts
from budget_app.parliaments.services import create_parliament
from budget_app.settings import Settings
from tests.postgres import NoPostgres
from tests.stores import create_schema
from voting import clock
from voting.database import writing

ADDRESS = "/en/benchmark/hearings/1/live"
WORKERS, CLIENTS = 2, 16
PAGES, PAUSE = 500, 5.0
"""Pages that are open, and the seconds between two looks of each."""
QUESTIONS = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args(arguments).seconds
    print(
        f"gunicorn with {WORKERS} processes of {THREADS} threads; {QUESTIONS} questions, another one every second; "
        f"{seconds:.0f} s each; all requests: {CLIENTS} connections; {PAGES} pages: a connection of its own for each look\n"
    )
    print(
        f"| database | all requests, a second | {PAGES} pages every {PAUSE:.0f} s: median | 95 % within | 99 % within | bytes of a changed part |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for name, store in (("SQLite", sqlite_store), ("PostgreSQL", postgresql_store)):
        try:
            with store() as (url, folder, _process):
                print(_row(name, url, folder, seconds), flush=True)
        except NoPostgres as reason:
            print(f"| {name} | not measured: {reason} | | | | |")
    return 0


def _row(name: str, url: str, folder: Path, seconds: float) -> str:
    create_schema(url)
    settings = Settings(
        instance_path=folder,
        database_url=url,
        secret_key="a secret of the benchmark, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        log_level="ERROR",
    )
    app = create_app(settings)
    _convene(app)
    with server(settings, WORKERS) as (port, _process), _liveliness(app):
        _hammer(port, 2.0)  # the first answers compile templates
        speed = _hammer(port, seconds)
        waits, size = _pages(port, seconds)
    with app.app_context():
        db.engine.dispose()
    told = [statistics.median(waits), percentile(waits, 95), percentile(waits, 99)]
    times = " | ".join(f"{wait * 1000:,.0f} ms" for wait in told)
    return f"| {name} | {speed:,.0f} | {times} | {size:,} |"


def _convene(app: Flask) -> None:
    """A live hearing with its queue."""
    with app.app_context(), writing():
        parliament = create_parliament(
            "benchmark", {"en": "Benchmark"}, languages=["en"], currency="EUR"
        )
        chair = accounts.ensure_user("chair@benchmark.example", name="Chair")
        accounts.grant(chair, parliament, Role.PARLIAMENTARIAN)
        now = clock.now(db.session())
        facts = HearingFacts({"en": "Streets"}, now, now + timedelta(hours=2), chairs=[chair])
        hearing = services.prepare(parliament, facts, by=chair)
        services.begin(hearing, by=chair)
        for number in range(QUESTIONS):
            _ask(hearing, number)
        db.session.commit()


def _ask(hearing: Hearing, number: int) -> None:
    author = accounts.ensure_user(f"person{number}@benchmark.example")
    words = f"Question {number}: when will the street in front of the school be repaired at last?"
    questions.ask(hearing, words, author=author, language="en")


@contextmanager
def _liveliness(app: Flask) -> Iterator[None]:
    """Somebody asks every second, until the block ends."""
    over = threading.Event()

    def go_on() -> None:
        number = QUESTIONS
        with app.app_context(), writing():
            while not over.wait(1.0):
                _ask(db.session.get_one(Hearing, 1), number)
                db.session.commit()
                number += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _hammer(port: int, seconds: float) -> float:
    """Requests per second when every connection asks again at once."""
    end = time.perf_counter() + seconds

    def client(_number: int) -> int:
        connection, done = HTTPConnection(HOST, port, timeout=60), 0
        while time.perf_counter() < end:
            _look(connection, "")
            done += 1
        return done

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(client, range(CLIENTS)))
    return done / (time.perf_counter() - began)


def _pages(port: int, seconds: float) -> tuple[list[float], int]:
    """Seconds of every look, from the moment at which the page meant to look."""
    etags = [""] * PAGES
    sizes: list[int] = []
    began = time.perf_counter()
    looks = [(n * PAUSE / PAGES, n % PAGES) for n in range(int(seconds * PAGES / PAUSE))]

    def look(planned: tuple[float, int]) -> float:
        moment, page = planned
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        connection = HTTPConnection(HOST, port, timeout=60)
        etag, size = _look(connection, etags[page])
        connection.close()
        etags[page] = etag or etags[page]
        sizes.append(size)
        return time.perf_counter() - began - moment

    with ThreadPoolExecutor(2 * CLIENTS) as pool:
        return list(pool.map(look, looks)), max(sizes)


def _look(connection: HTTPConnection, etag: str) -> tuple[str, int]:
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": etag} if etag else {})
    connection.request("GET", ADDRESS, headers=headers)
    answer = connection.getresponse()
    size = len(answer.read())
    if answer.status not in (200, 304):
        raise RuntimeError(f"A look was answered with {answer.status}.")
    return answer.headers.get("ETag", ""), size


if __name__ == "__main__":
    raise SystemExit(main())
