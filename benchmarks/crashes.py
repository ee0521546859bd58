"""Kills web workers, the sequencer and PostgreSQL while people vote through HTTP.

    python -m benchmarks.crashes [--runs 20] [--casts 5000] [--write]

gunicorn serves on loopback with two workers; the sequencer is a process of its own. Voters post
the same form again until they are answered. Then what they were told is compared with the box.
`--write` keeps the table in `docs/crashes.md`.
"""

import argparse
import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy.orm import sessionmaker

from benchmarks.casting import free_port, server_environment, wait_for
from benchmarks.polling_place import HOST, PollingPlace
from benchmarks.retrying import Crowd
from budget_app.settings import Settings
from tests.crashes import services
from tests.crashes.checker import examine
from tests.crashes.fail_points import BOOTH, SEQUENCER
from tests.crashes.rehearsal import Fate, Plan, Result, deaths, process, watching
from tests.postgres import Cluster, NoPostgres
from tests.stores import create_schema
from voting import log
from voting.database import open_engine
from voting.keys import KeyStore

PAGE = Path(__file__).parent.parent / "docs" / "crashes.md"
HEADING = """# Crashes

`make crashes ARGS=--write` kills web workers, the sequencer and PostgreSQL while people vote through HTTP, and writes this page.
Voters post the same form again until they are answered; every tenth loses the answer and asks once more.
Then what they were told is compared with the box: an acknowledged ballot is **lost** when it has no envelope, or is neither queued for the log nor in it; one is **doubled** when it is there twice, or a voter was told of two.
**Otherwise wrong** counts ballots that nobody was told of, gaps in a voter's numbers or in the log, and checkpoints that the log does not extend.
`docs/operations/databases.md` says what makes this hold, and `tests/voting/test_crashes.py` and `test_power_cut.py` show that the same comparison finds losses when commits are not durable.

"""
VOTERS = 100
WORKERS, THREADS = 2, 8
POSTGRESQL = {"max_connections": "100", "shared_buffers": "64MB"}
COLUMNS = (
    "run",
    "database",
    "what was killed, how often",
    "acknowledged",
    "retried",
    "lost",
    "doubled",
    "otherwise wrong",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table; 1 when anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--casts", type=int, default=5000)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    lines = [f"| {' | '.join(COLUMNS)} |", f"|---:|---|---|{'---:|' * 5}"]
    print(*lines, sep="\n", flush=True)
    clean = True
    for run in range(args.runs):
        row, run_clean = _run(run, args.casts)
        clean &= run_clean
        lines.append(row)
        print(row, flush=True)
    if args.write:
        PAGE.write_text(HEADING + "\n".join(lines) + "\n", encoding="utf8")
    return 0 if clean else 1


def _run(run: int, casts: int) -> tuple[str, bool]:
    """A line of the table, and whether nothing was lost, doubled or wrong."""
    name, store = (("PostgreSQL", _postgresql), ("SQLite", _sqlite))[run % 2]
    try:
        with store() as (url, folder, restart):
            result = measure(url, folder, _plan(run, casts, restart), casts)
    except NoPostgres as reason:
        return f"| {run + 1} | {name} | not run: {reason} | | | | | |", True
    return _row(run + 1, name, result), result.findings.clean and result.findings.untold == 0


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
    place = PollingPlace.open(settings, VOTERS, 0)
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
        crowd = Crowd(port, place, lambda answered: fate.after(answered, worker))
        crowd.vote(tokens)
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
    variables = services.environment(plan.booth, record) | server_environment(settings)
    variables["PB_EMBEDDED_WORKER"] = "false"
    command = ["gunicorn", "--bind", f"{HOST}:{port}", "--workers", str(WORKERS)]
    command += ["--threads", str(THREADS), "--log-level", "critical", "--timeout", "120"]
    with services.running([*command, "tests.crashes.web:create_mortal_app()"], variables) as server:
        wait_for(port)
        yield port, lambda: random.choice(psutil.Process(server.pid).children()).pid


def _plan(run: int, casts: int, restart: Callable[[], None] | None) -> Plan:
    """Web workers, sequencer, database, and all at once, in turn."""
    web = dict.fromkeys(BOOTH, max(2, casts // 16))
    sequencer = dict.fromkeys(SEQUENCER, 4)
    anywhere = frozenset(casts * part // 6 for part in range(1, 6))
    database = {} if restart is None else {casts * part // 4: restart for part in (1, 2, 3)}
    plans = (
        Plan(booth=web),
        Plan(sequencer=sequencer),
        Plan(at=database, booths_at=anywhere),
        Plan(web, sequencer, database, anywhere),
    )
    return plans[run // 2 % len(plans)]


def _row(run: int, database: str, result: Result) -> str:
    found = result.findings
    killed = ", ".join(f"{point} {count}" for point, count in result.kills.items())
    wrong = len(found.broken) + found.untold
    for fault in found.broken:
        print(f"run {run}: {fault}", file=sys.stderr)
    return (
        f"| {run} | {database} | {killed} | {found.acknowledged:,} | {result.retried:,} "
        f"| {len(found.lost)} | {len(found.doubled)} | {wrong} |"
    )


@contextmanager
def _sqlite() -> Iterator[tuple[str, Path, None]]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/platform.db", Path(folder), None


@contextmanager
def _postgresql() -> Iterator[tuple[str, Path, Callable[[], None]]]:
    cluster = Cluster.make()

    def restart() -> None:
        cluster.kill()
        cluster.start(POSTGRESQL)

    cluster.start(POSTGRESQL)
    try:
        with TemporaryDirectory() as folder:
            yield cluster.url("postgres"), Path(folder), restart
    finally:
        cluster.remove()


if __name__ == "__main__":
    raise SystemExit(main())
