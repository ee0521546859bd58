"""Elections far larger than any city's: generated, read, merged and counted.

    python -m benchmarks.large [--ballots 1000000] [--folder FOLDER]

Approval ballots go straight into Parquet, and a million voters × 150 projects into a Pabulib
file. Each is read and counted by greedy and by equal shares in a process of its own, which
reports seconds and its peak memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tallying import formats
from tallying.election import BallotStyle, Election, Project
from tallying.formats.parquet_writer import Writer
from tallying.rules import RuleConfig, count
from tallying.sparse import Rows

PROJECTS = 150
LONGEST = 10
TOGETHER = 2**17
TEXT_BALLOTS = 1_000_000
RULES = (("greedy", None), ("equal-shares", "cost"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=10_000_000, help="rows of the Parquet file")
    parser.add_argument("--text-ballots", type=int, default=TEXT_BALLOTS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.count:
        print(json.dumps(_counted(args.count)))
        return 0
    print("| file | ballots | distinct | read and merge | greedy | equal-shares | peak memory |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with TemporaryDirectory(dir=args.folder) as folder:
        for name, ballots in (("x.parquet", args.ballots), ("x.pb", args.text_ballots)):
            path = Path(folder) / name
            if ballots:
                generate(path, ballots)
                _tell(path)
                path.unlink()
    return 0


def generate(path: Path, ballots: int) -> None:
    """Write approval ballots of 1 to 10 projects; the same bytes for the same number."""
    random = np.random.RandomState(7)
    costs = (random.randint(5, 150, PROJECTS) * 10_000).tolist()
    election = Election(
        tuple(Project(f"P{n}", f"Project {n}", cost) for n, cost in enumerate(costs, start=1)),
        sum(costs) // 5,
        BallotStyle.APPROVAL,
    )
    batches = _batches(random, ballots)
    if path.suffix == ".parquet":
        with Writer(path, election, {}, columns=None) as writer:
            for rows in batches:
                writer.write_rows(rows, {"weight": np.ones(len(rows), dtype=np.int64)})
    else:
        _write_text(path, election, batches)


def _batches(random: np.random.RandomState, ballots: int) -> Iterator[Rows]:
    """Popularity falls as in Zipf's law; most voters name few projects."""
    fame = np.cumsum(1 / np.arange(1, PROJECTS + 1) ** 0.9)
    for start in range(0, ballots, TOGETHER):
        size = min(TOGETHER, ballots - start)
        lengths = 1 + random.binomial(LONGEST - 1, 0.3, size)
        owners = np.repeat(np.arange(size), lengths)
        drawn = np.searchsorted(fame, random.random_sample(len(owners)) * fame[-1])
        entries = np.unique(owners * PROJECTS + drawn)
        sizes = np.bincount(entries // PROJECTS, minlength=size)
        yield Rows.of(sizes, entries % PROJECTS, None)


def _write_text(path: Path, election: Election, batches: Iterator[Rows]) -> None:
    ids = np.array([project.id for project in election.projects])
    with path.open("w", encoding="utf8") as file:
        file.write(f"META\nkey;value\nbudget;{election.budget}\nvote_type;approval\n")
        file.write("PROJECTS\nproject_id;cost\n")
        file.writelines(f"{project.id};{project.cost}\n" for project in election.projects)
        file.write("VOTES\nvoter_id;vote;age\n")
        voter = 0
        for rows in batches:
            words, bounds = ids[rows.projects].tolist(), rows.starts.tolist()
            for start, end in pairwise(bounds):
                voter += 1
                file.write(f"{voter};{','.join(words[start:end])};{20 + voter % 60}\n")


def _tell(path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.large", "--count", str(path)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    seconds = " | ".join(f"{found[name]:.2f} s" for name in ("read", *(rule for rule, _ in RULES)))
    print(
        f"| {path.suffix} | {found['ballots']:,} | {found['distinct']:,} | {seconds} "
        f"| {found['peak']:.2f} GB |",
        flush=True,
    )


def _counted(path: Path) -> dict[str, float]:
    """Seconds, and peak memory in GB."""
    began = time.perf_counter()
    file = formats.read(path)
    found = {
        "read": time.perf_counter() - began,
        "ballots": file.profile.total,
        "distinct": len(file.profile.rows),
    }
    lots = sorted(file.election.index)
    for rule, utility in RULES:
        began = time.perf_counter()
        config = RuleConfig(rule, utility=utility, ties=("lots",))
        count(file.election, file.profile, config, lots=lots)
        found[rule] = time.perf_counter() - began
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return found


if __name__ == "__main__":
    raise SystemExit(main())
