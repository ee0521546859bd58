"""Starts what a service manager starts, and ends it with all that came of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.crashes.fail_points import (
    CLUSTER_VARIABLE,
    POINTS_VARIABLE,
    RECORD_VARIABLE,
    WEAK_VARIABLE,
)

ROOT = Path(__file__).parents[2]

Process = subprocess.Popen[str]


def environment(
    points: Mapping[str, int], record: Path, *, weak: bool = False, cluster: Path | None = None
) -> dict[str, str]:
    """For processes that die at the n-th passing of one of `points`, and note it in `record`.

    `cluster` is the folder of the database that dies at points of its own.
    """
    text = ";".join(f"{point}={passings}" for point, passings in points.items())
    given = {POINTS_VARIABLE: text, RECORD_VARIABLE: str(record)}
    given |= {CLUSTER_VARIABLE: str(cluster)} if cluster else {}
    return {**os.environ, **given, **({WEAK_VARIABLE: "1"} if weak else {})}


@contextmanager
def running(arguments: Sequence[str], variables: Mapping[str, str]) -> Iterator[Process]:
    """A command of Python's in a group of its own, spoken to a line at a time."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=dict(variables),
        cwd=ROOT,
        text=True,
        bufsize=1,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
