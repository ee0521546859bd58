"""Kills web workers, the sequencer and PostgreSQL while people vote through HTTP.

    python -m benchmarks.crashes [--runs 20] [--casts 5000] [--write [--anew]]

gunicorn serves on loopback with two workers; the sequencer is a process of its own. Voters post
the same form again until they are answered. Then what they were told is compared with the box.
`--write` keeps the table in `docs/crashes.md`, run by run: interrupted or called again, it goes on
with the runs that the page lacks, and `--anew` begins with the first.
"""

import argparse
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy.orm import sessionmaker

from benchmarks import crash_page
from benchmarks.casting import free_port, server_environment, wait_for
from benchmarks.crash_page import PAGE, Run
from benchmarks.polling_place import HOST, PollingPlace
from benchmarks.retrying import Crowd
from budget_app.settings import Settings
from tests.crashes import services
from tests.crashes.checker import examine
from tests.crashes.fail_points import AT_DATABASE, BOOTH, SEQUENCER, recorded
from tests.crashes.rehearsal import Fate, Plan, Result, deaths, process, watching
from tests.postgres import Cluster, NoPostgres
from tests.stores import create_schema
from voting import log
from voting.database import open_engine
from voting.keys import KeyStore

VOTERS = 100
WORKERS, THREADS = 2, 8
WEB_DEATHS, SEQUENCER_DEATHS = 16, 150
"""A point is passed about so much less often than ballots are cast before it kills."""
LEAST_PASSINGS = 12
"""In short runs: whoever dies at once gets nothing done."""
ANYWHERE = 4
"""Kills of web workers at any moment in a run."""
REVIVE_EVERY_SECONDS = 0.2
POSTGRESQL = {"max_connections": "100", "shared_buffers": "64MB"}
SAY_EVERY = 250
"""Answers between two lines that tell how far a run is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table; 1 when anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--casts", type=int, default=5000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--anew", action="store_true")
    args = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    done = crash_page.read(PAGE) if args.write and not args.anew else []
    done = [run for run in done if run.acknowledged >= args.casts]
    print(crash_page.TABLE, *(f"{run.line()}\n" for run in done), sep="", end="", flush=True)
    for number in sorted(set(range(1, args.runs + 1)) - {run.number for run in done}):
        try:
            run = _run(number, args.casts)
        except NoPostgres as reason:
            print(f"run {number} needs PostgreSQL: {reason}", file=sys.stderr)
            return 1
        done = sorted([*done, run], key=lambda each: each.number)
        print(run.line(), flush=True)
        if args.write:
            crash_page.write(PAGE, done)
    return 0 if all(run.clean for run in done) else 1


def _run(number: int, casts: int) -> Run:
    """One run; PostgreSQL and SQLite in turn."""
    name, store = (("PostgreSQL", _postgresql), ("SQLite", _sqlite))[number % 2 - 1]
    print(f"run {number} ({name}) begins", file=sys.stderr, flush=True)
    made, began = crash_page.version(), time.perf_counter()
    with store() as (url, folder, cluster):
        result = measure(url, folder, _plan(number, casts, cluster), casts)
    for fault in result.findings.broken:
        print(f"run {number}: {fault}", file=sys.stderr)
    return Run.of(number, made, name, result, time.perf_counter() - began)


def measure(url: str, folder: Path, plan: Plan, casts: int) -> Result:
    """A round of its own in the empty database at `url`, voted in while the plan is carried out."""
    create_schema(url)
    settings = Settings(
        instance_path=folder,
        database_url=url,
        secret_key="a secret of the benchmark, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        fresh_minutes=600,
        log_level="CRITICAL",
    )
    place = PollingPlace.open(settings, VOTERS, 0, sealed=True)
    each = -(-casts // VOTERS)
    tokens = [
        list(of_voter) for of_voter in zip(*(place.tokens() for _ in range(each)), strict=True)
    ]
    place.close()
    record = folder / "deaths"
    record.touch()
    keys = KeyStore(settings.instance / "keys", settings.host)
    sessions = sessionmaker(open_engine(url), expire_on_commit=False)
    arguments = (url, str(keys.folder), place.poll_id)
    with (
        watching(sessions, place.poll_id) as seen,
        process("sequencer", arguments, plan.sequencer, record, plan),
        _server(settings, plan, record) as (port, worker),
    ):
        fate = Fate(plan, record, casts)
        crowd = Crowd(port, place, _telling(casts, record, lambda n: fate.after(n, worker)))
        crowd.vote(tokens)
    if plan.cluster is not None:
        _revive(Cluster(plan.cluster))
    log.drain(sessions, keys, place.poll_id)
    with sessions() as session:
        findings = examine(session, place.poll_id, crowd.told, seen)
        session.get_bind().dispose()  # type: ignore[union-attr]
    return Result(deaths(plan, record), crowd.retried, findings)


@contextmanager
def _server(
    settings: Settings, plan: Plan, record: Path
) -> Iterator[tuple[int, Callable[[], int]]]:
    """gunicorn's port, and how to find one of its workers."""
    port = free_port()
    variables = services.environment(plan.booth, record, cluster=plan.cluster)
    variables |= server_environment(settings)
    variables["PB_EMBEDDED_WORKER"] = "false"
    command = ["gunicorn", "--bind", f"{HOST}:{port}", "--workers", str(WORKERS)]
    command += ["--threads", str(THREADS), "--log-level", "critical", "--timeout", "120"]
    command += ["--config", "python:tests.crashes.gunicorn_settings"]
    with services.running([*command, "tests.crashes.web:create_mortal_app()"], variables) as server:
        wait_for(port)
        yield port, lambda: random.choice(psutil.Process(server.pid).children()).pid


def _telling(casts: int, record: Path, after: Callable[[int], object]) -> Callable[[int], object]:
    """`after`, which also says how far the run is."""

    def told(answered: int) -> object:
        if answered % SAY_EVERY == 0:
            deaths_so_far = sum(recorded(record).values())
            print(f"  {answered:,} of {casts:,} answered, {deaths_so_far} killed at points",
                  file=sys.stderr, flush=True)  # fmt: skip
        return after(answered)

    return told


def _plan(number: int, casts: int, cluster: Cluster | None) -> Plan:
    """In every run everybody dies at every point of theirs, and web workers at any moment too.

    Another run has the same points at other moments.
    """
    chance = random.Random(number)

    def spread(points: Sequence[str], middle: int) -> dict[str, int]:
        order = chance.sample(points, len(points))
        return {point: chance.randint(middle * 2 // 3, middle * 4 // 3) for point in order}

    web, sequencer = list(BOOTH), list(SEQUENCER)
    if cluster is not None:
        web += [AT_DATABASE + point for point in BOOTH]
        sequencer += [AT_DATABASE + point for point in SEQUENCER]
    return Plan(
        spread(web, max(LEAST_PASSINGS, casts // WEB_DEATHS)),
        spread(sequencer, max(LEAST_PASSINGS, casts // SEQUENCER_DEATHS)),
        booths_at=frozenset(chance.sample(range(casts // 10, casts), ANYWHERE)),
        cluster=None if cluster is None else cluster.folder,
    )


def _revive(cluster: Cluster) -> None:
    """Start the database unless it runs."""
    if not cluster.runs:
        cluster.start(POSTGRESQL)


@contextmanager
def _reviving(cluster: Cluster) -> Iterator[None]:
    """As the service manager of a parliament would: the database is soon there again."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(REVIVE_EVERY_SECONDS):
            # One of the old server's processes may still be dying: the next look starts it.
            with suppress(NoPostgres):
                _revive(cluster)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


@contextmanager
def _sqlite() -> Iterator[tuple[str, Path, None]]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/platform.db", Path(folder), None


@contextmanager
def _postgresql() -> Iterator[tuple[str, Path, Cluster]]:
    cluster = Cluster.make()
    cluster.start(POSTGRESQL)
    try:
        with _reviving(cluster), TemporaryDirectory() as folder:
            yield cluster.url("postgres"), Path(folder), cluster
    finally:
        _revive(cluster)
        cluster.remove()


if __name__ == "__main__":
    raise SystemExit(main())
