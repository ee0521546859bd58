"""A PostgreSQL cluster of the run's own, from Debian's binaries, reached by a Unix socket only.

One cluster serves all workers of a run: the first that needs it starts it, the last one to leave
stops it. A lock file orders them.
"""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

DEBIAN = Path("/usr/lib/postgresql")
LONGEST_SOCKET_PATH = 107
SETTINGS = {
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
    """A cluster in a folder of its own."""

    folder: Path

    @classmethod
    def make(cls) -> Self:
        """A cluster that does not run yet; raises `NoPostgres`."""
        folder = Path(tempfile.mkdtemp(prefix="pb-pg-"))
        if len(str(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
            message = f"the temporary folder {folder} is too deep for a Unix socket"
            raise NoPostgres(message)
        binary = _binaries() / "initdb"
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _run([str(binary), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust",
              "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        return cls(folder)

    def start(self, settings: Mapping[str, str]) -> None:
        """Start it, also after a crash; answers when it takes connections."""
        given = {**settings, "listen_addresses": "''", "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        _run([str(_binaries() / "pg_ctl"), "-D", str(self.folder / "data"), "-w",
              "-l", str(self.folder / "server.log"), "-o", options, "start"])  # fmt: skip

    def kill(self) -> None:
        """End every process of it at once, as a fault of the machine would; none when it is dead."""
        server = self._server()
        if server is None:
            return
        processes = [server]
        with contextlib.suppress(psutil.NoSuchProcess):  # another killed it in this moment
            server.suspend()  # so that it starts nobody while the others are counted
            processes += server.children(recursive=True)
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=30)

    def suspend_wal_writer(self) -> None:
        """From now on the log of changes is written by commits alone, and only where they wait for it."""
        server = self._server()
        for child in server.children() if server else []:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has done its work
                if "walwriter" in " ".join(child.cmdline()):
                    child.suspend()
                    return
        message = "The server has no WAL writer."
        raise RuntimeError(message)

    @property
    def runs(self) -> bool:
        return self._server() is not None

    def _server(self) -> psutil.Process | None:
        try:
            number = (self.folder / "data" / "postmaster.pid").read_text().split()[0]
            server = psutil.Process(int(number))
            # A server that was killed leaves its number, which another process may have by now.
            return server if str(self.folder / "data") in server.cmdline() else None
        except (FileNotFoundError, IndexError, psutil.NoSuchProcess, psutil.ZombieProcess):
            return None

    def remove(self) -> None:
        """Stop it at once, and forget it."""
        data = str(self.folder / "data")
        _run([str(_binaries() / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"


class SharedCluster:
    """The run's cluster, entered by each worker once."""

    def __init__(self, run_name: str) -> None:
        self.ledger = Path(tempfile.gettempdir()) / f"pb-{os.getuid()}-{run_name}.json"

    def enter(self) -> Cluster:
        """Start the cluster unless another worker has."""
        with self._locked() as users:
            cluster = Cluster(Path(users["folder"])) if users else self._start()
            count = users.get("count", 0) + 1
            self._write({"folder": str(cluster.folder), "count": count})
            return cluster

    def leave(self) -> None:
        """Stop the cluster when nobody else uses it."""
        with self._locked() as users:
            count = users["count"] - 1
            if count > 0:
                self._write({**users, "count": count})
                return
            Cluster(Path(users["folder"])).remove()
            self._write({})
        self.ledger.unlink()
        self.ledger.with_suffix(".lock").unlink()

    @staticmethod
    def _start() -> Cluster:
        cluster = Cluster.make()
        cluster.start(SETTINGS)
        return cluster

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
