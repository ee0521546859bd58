"""Casts per second: through HTTP, straight into the box, and in bulk as imports do.

    python -m benchmarks.casting [--voters N] [--runs N] [--sealed]

gunicorn runs on loopback with the embedded worker; the clients share its machine. Every voter is
signed in and holds the token of a review page beforehand. From click to receipt is the time from
posting the ballot until the receipt's page is there; from receipt to log until a signed checkpoint
covers the ballot's entry. Processor time is that of one cast with its receipt, of all that runs
meanwhile: gunicorn's processes with the embedded worker, which logs and mails; the database's; and
the clients', which is no part of the server's work. With `--sealed` the server seals every ballot
to two keys.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import urlencode

import psutil

from benchmarks import box
from benchmarks.logged import Cast
from benchmarks.polling_place import ADDRESS, BOX, HOST, PollingPlace
from budget_app.settings import Settings
from tests.postgres import Cluster, NoPostgres
from tests.stores import create_schema

THREADS, CLIENTS = 8, 16
BULK = 10_000
ROUNDS = 5
"""Ballots of each voter that go straight into the box."""
DURABLE = {"max_connections": "100", "shared_buffers": "128MB"}
"""PostgreSQL as it comes: every commit is synced."""


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time so far: of gunicorn, of PostgreSQL, and of this process."""

    server: float
    database: float
    clients: float

    @classmethod
    def of(cls, server: int, database: int | None) -> Self:
        """By the numbers of the first processes."""
        return cls(_tree(server), _tree(database) if database else 0.0, time.process_time())

    def since(self, earlier: Self, casts: int) -> Self:
        """What one of `casts` took."""
        pairs = zip(astuple(self), astuple(earlier), strict=True)
        return type(self)(*((now - then) / casts for now, then in pairs))

    def told(self) -> str:
        return " · ".join(f"{seconds * 1000:.1f} ms" for seconds in astuple(self))


def _tree(number: int) -> float:
    """Of a process and those that it has started, also of those that have ended meanwhile."""
    first = psutil.Process(number)
    times = [process.cpu_times() for process in (first, *first.children(recursive=True))]
    return float(
        sum(t.user + t.system + t.children_user + t.children_system for t in times),
    )


@dataclass(frozen=True)
class Measure:
    """One database: medians over the runs. Times in seconds: the median, and 99 of 100 within."""

    database: str
    processes: int
    casts_per_second: float
    receipt: tuple[float, float]
    log: tuple[float, float]
    spent: Spent
    box_per_second: float
    bulk_per_second: float

    def row(self) -> str:
        return (
            f"| {self.database} | {self.processes} | {self.casts_per_second:,.0f} | {_told(self.receipt)} "
            f"| {_told(self.log)} | {self.spent.told()} | {self.box_per_second:,.0f} | {self.bulk_per_second:,.0f} |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voters", type=int, default=400)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sealed", action="store_true")
    args = parser.parse_args(arguments)
    print(
        f"{'Sealed by the server' if args.sealed else 'Open'} ballots; {args.voters} voters by {CLIENTS} connections, gunicorn with {THREADS} threads in each "
        f"process; medians of {args.runs} runs; box: {box.PROCESSES} processes of {box.THREADS} threads; bulk: {BULK:,} ballots in batches\n"
    )
    print(
        "| database | processes | casts with their receipts, a second | click to receipt: median, 99 % within | receipt to log: median, 99 % within | processor time a cast: server · database · clients | into the box, casts/s | bulk, ballots/s |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, database, workers in (
        ("SQLite", sqlite_store, 1),
        ("PostgreSQL", postgresql_store, 2),
    ):
        try:
            with database() as (url, folder, process):
                place = prepare(url, folder, args.voters, sealed=args.sealed)
                found = measure(name, place, workers, args.runs, process)
                print(found.row(), flush=True)
        except NoPostgres as reason:
            print(f"| {name} | not measured: {reason} | | | | | |")
    return 0


def prepare(url: str, folder: Path, voters: int, *, sealed: bool) -> PollingPlace:
    """An open round on the empty database at `url`."""
    create_schema(url)
    settings = Settings(
        instance_path=folder,
        database_url=url,
        secret_key="a secret of the benchmark, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        log_level="ERROR",
    )
    return PollingPlace.open(settings, voters, BULK, sealed=sealed)


def measure(
    name: str, place: PollingPlace, workers: int, runs: int, database: int | None
) -> Measure:
    """Cast in bulk, straight into the box, and through HTTP.

    `database` is the number of the database's first process, None where it has none.
    """
    settings: Settings = place.app.extensions["settings"]
    bulk = place.cast_in_bulk()
    direct = statistics.median(
        box.casts_per_second(settings.database_url, place.requests(ROUNDS)) for _ in range(runs)
    )
    with server(settings, workers) as (port, serving):
        _run(port, place)  # the first answers compile templates
        before = Spent.of(serving, database)
        found = [_run(port, place) for _ in range(runs)]
        spent = Spent.of(serving, database).since(before, runs * len(place.browsers))
    place.close()
    return Measure(
        name,
        workers,
        statistics.median(speed for speed, _, _ in found),
        _summary([receipts for _, receipts, _ in found]),
        _summary([logs for _, _, logs in found]),
        spent,
        direct,
        bulk,
    )


def _run(port: int, place: PollingPlace) -> tuple[float, list[float], list[float]]:
    """Casts per second, and the seconds of each from click to receipt and from there to the log."""
    tokens = place.tokens()
    jobs = list(zip(place.browsers, tokens, strict=True))
    shares = [jobs[number::CLIENTS] for number in range(CLIENTS)]

    def client(share: list[tuple[tuple[str, str], str]]) -> list[Cast]:
        connection = HTTPConnection(HOST, port, timeout=60)
        return [
            _cast(connection, cookie, csrf, place.choice, token) for (cookie, csrf), token in share
        ]

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        casts = [cast for part in pool.map(client, shares) for cast in part]
    speed = len(casts) / (time.perf_counter() - began)
    return speed, [cast.seconds for cast in casts], place.waits(casts)


def _cast(connection: HTTPConnection, cookie: str, csrf: str, choice: str, token: str) -> Cast:
    """Post one ballot and fetch its receipt; raises `RuntimeError` on another answer."""
    headers = {
        "Cookie": f"session={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    fields = {"csrf_token": csrf, "token": token, "box": BOX, "choice": choice}
    began = time.perf_counter()
    connection.request("POST", f"{ADDRESS}/cast", urlencode(fields), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise RuntimeError(f"A cast was answered with {answer.status}.")
    address = answer.headers["Location"]
    connection.request("GET", address, headers={"Cookie": f"session={cookie}"})
    receipt = connection.getresponse()
    receipt.read()
    if receipt.status != 200:
        raise RuntimeError(f"A receipt was answered with {receipt.status}.")
    return Cast(address.rpartition("/")[2], time.perf_counter() - began, time.time())


def _summary(runs: list[list[float]]) -> tuple[float, float]:
    """The median, and that within which 99 of 100 are: medians over the runs."""
    return (
        statistics.median(statistics.median(run) for run in runs),
        statistics.median(percentile(run, 99) for run in runs),
    )


def _told(times: tuple[float, float]) -> str:
    return " · ".join(f"{seconds * 1000:,.0f} ms" for seconds in times)


def percentile(values: list[float], per_cent: int) -> float:
    return statistics.quantiles(values, n=100)[per_cent - 1]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def server_environment(settings: Settings) -> dict[str, str]:
    """The variables that give a server these settings."""
    return {
        "PB_INSTANCE_PATH": str(settings.instance),
        "PB_DATABASE_URL": settings.database_url,
        "PB_SECRET_KEY": settings.secret_key,
        "PB_MAIL_BACKEND": "locmem",
        "PB_LOG_LEVEL": settings.log_level,
        "PB_FRESH_MINUTES": str(settings.fresh_minutes),
    }


@contextmanager
def server(settings: Settings, workers: int) -> Iterator[tuple[int, int]]:
    """gunicorn on a free port of loopback, until the block ends: the port and the process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}"]
    command += ["--workers", str(workers), "--threads", str(THREADS)]
    command += ["--log-level", "error", "budget_app:create_app()"]
    with subprocess.Popen(command, env={**os.environ, **server_environment(settings)}) as process:
        try:
            wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int) -> None:
    """Until the server answers; raises `RuntimeError` after a minute."""
    for _ in range(300):
        try:
            connection = HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", ADDRESS)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The server does not answer.")


@contextmanager
def sqlite_store() -> Iterator[tuple[str, Path, None]]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/platform.db", Path(folder), None


@contextmanager
def postgresql_store() -> Iterator[tuple[str, Path, int]]:
    cluster = Cluster.make()
    cluster.start(DURABLE)
    try:
        with TemporaryDirectory() as folder:
            number = (cluster.folder / "data" / "postmaster.pid").read_text().split()[0]
            yield cluster.url("postgres"), Path(folder), int(number)
    finally:
        cluster.remove()


if __name__ == "__main__":
    raise SystemExit(main())
