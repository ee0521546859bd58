"""Verifying large evidence bundles, by both programs, with the recount and without it.

    python -m benchmarks.verifying [--ballots 10000,100000] [--sealed 1000000] [--folder FOLDER]

An auditors' edition of one box is generated, and then verified in a process of its own; generating
is not measured.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tallying.evidence import standalone

PROGRAMS = ("tallying verify", "pbverify.py")
COLUMNS = ("program", "ballots", "secrecy", "file", "without the recount", "with it", "peak memory")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", default="10000,100000", help="open rounds, with commas")
    parser.add_argument("--sealed", default="1000000", help="sealed rounds, with commas")
    parser.add_argument("--folder", type=Path, help="where the bundles are written")
    parser.add_argument("--verify", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.verify:
        program, path, recount = args.verify
        print(json.dumps(_verified(program, path, recount=recount == "recount")))
        return 0
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---|---:|---|---:|---:|---:|---:|")
    with TemporaryDirectory(dir=args.folder) as folder:
        path = Path(folder) / "bundle.zip"
        for secrecy, sizes in (("open", args.ballots), ("sealed", args.sealed)):
            for ballots in map(int, filter(None, sizes.split(","))):
                _generated(path, ballots, secrecy)
                for program in PROGRAMS:
                    _tell(program, path, ballots, secrecy)
                path.unlink()
    return 0


def _generated(path: Path, ballots: int, secrecy: str) -> None:
    """In a process of its own, whose memory is then free again."""
    call = f"generate(Path({str(path)!r}), {ballots}, sealed={secrecy == 'sealed'})"
    program = f"from pathlib import Path; from benchmarks.bundles import generate; {call}"
    subprocess.run([sys.executable, "-c", program], check=True)


def _tell(program: str, path: Path, ballots: int, secrecy: str) -> None:
    found = []
    for recount in ("without", "recount"):
        arguments = ["--verify", program, str(path), recount]
        command = [sys.executable, "-m", "benchmarks.verifying", *arguments]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        found.append(json.loads(run.stdout))
    seconds = [f"{item['clock']:.1f} s ({item['processor']:.1f} s)" for item in found]
    size, peak = path.stat().st_size / 1e6, max(item["peak"] for item in found)
    cells = (program, f"{ballots:,}", secrecy, f"{size:,.1f} MB", *seconds, f"{peak:.2f} GB")
    print(f"| {' | '.join(cells)} |", flush=True)


def _verified(program: str, path: str, *, recount: bool) -> dict[str, Any]:
    """Seconds by the clock and of the processors, and the peak memory in GB of the larger process.

    Raises `RuntimeError` when a check fails.
    """
    command = [sys.executable, "-m", "tallying.cli", "verify"]
    if program == "pbverify.py":
        command = [sys.executable, str(Path(standalone.__file__).with_name("pbverify.py"))]
    command += [path, "--json", "-", *([] if recount else ["--no-recount"])]
    began = time.monotonic()
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    clock = time.monotonic() - began
    verdict = json.loads(run.stdout)["verdict"]
    if verdict != ("consistent, origin unproven" if recount else "incomplete"):
        raise RuntimeError(run.stdout)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "clock": clock,
        "processor": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1e6,
    }


if __name__ == "__main__":
    raise SystemExit(main())
