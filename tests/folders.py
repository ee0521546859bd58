"""Where the tests keep their databases and files."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 6 * 2**30
"""Bytes: a whole run with PostgreSQL takes less than four gigabytes."""


def use_memory() -> None:
    """Keep them in memory where there is room, unless `TMPDIR` says otherwise.

    What is synced to a disk is waited for some three milliseconds each time, and the box syncs for
    every ballot; that it does is tested by what it calls, not by the disk.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
