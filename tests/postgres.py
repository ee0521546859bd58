"""A PostgreSQL cluster of the run's own, from Debian's binaries, reached by a Unix socket only.

One cluster serves all workers of a run: the first that needs it starts it, the last one to leave
stops it. A lock file orders them.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")
LONGEST_SOCKET_PATH = 107
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",  # databases live for seconds
    # Nobody misses this cluster after a power cut, and each test makes and drops a database.
    "fsync": "off",
    "full_page_writes": "off",
}


class NoPostgres(Exception):
    """PostgreSQL cannot be had here; the message says why."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster in a folder of its own."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"


class SharedCluster:
    """The run's cluster, entered by each worker once."""

    def __init__(self, run_name: str) -> None:
        self.ledger = Path(tempfile.gettempdir()) / f"pb-{os.getuid()}-{run_name}.json"

    def enter(self) -> Cluster:
        """Start the cluster unless another worker has."""
        with self._locked() as users:
            folder = Path(users["folder"]) if users else _start()
            count = users.get("count", 0) + 1
            self._write({"folder": str(folder), "count": count})
            return Cluster(folder)

    def leave(self) -> None:
        """Stop the cluster when nobody else uses it."""
        with self._locked() as users:
            count = users["count"] - 1
            if count > 0:
                self._write({**users, "count": count})
                return
            _stop(Path(users["folder"]))
            self._write({})
        self.ledger.unlink()
        self.ledger.with_suffix(".lock").unlink()

    def _write(self, users: dict[str, Any]) -> None:
        self.ledger.write_text(json.dumps(users))

    @contextmanager
    def _locked(self) -> Iterator[dict[str, Any]]:
        with self.ledger.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield json.loads(self.ledger.read_text()) if self.ledger.exists() else {}


def _binaries() -> Path:
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    message = f"initdb is neither in {DEBIAN} nor on the PATH"
    raise NoPostgres(message)


def _start() -> Path:
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="pb-pg-"))
    if len(str(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        message = f"the temporary folder {folder} is too deep for a Unix socket"
        raise NoPostgres(message)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    _run([str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
          "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
    options = " ".join(
        f"-c {name}={value}"
        for name, value in {**SETTINGS, "unix_socket_directories": str(folder)}.items()
    )
    _run([str(binaries / "pg_ctl"), "-D", data, "-l", str(folder / "server.log"), "-w",
          "-o", options, "start"])  # fmt: skip
    return folder


def _stop(folder: Path) -> None:
    data = str(folder / "data")
    _run([str(_binaries() / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"])
    shutil.rmtree(folder)


def _run(command: list[str]) -> None:
    """Run as the user `postgres` when root: the server refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    # Output goes to a file: the server would keep a pipe open for as long as it lives.
    with tempfile.TemporaryFile("w+") as output:
        try:
            done = subprocess.run(
                [*prefix, *command], stdout=output, stderr=output, cwd="/", check=False, timeout=90
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoPostgres(str(error)) from error
        if done.returncode:
            output.seek(0)
            raise NoPostgres(output.read().strip())
