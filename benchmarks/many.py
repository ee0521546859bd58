"""Many elections and many recounts, each as one piece of work; figures of one run.

python -m benchmarks.many FOLDER
"""

import argparse
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.generated import write_city
from tallying import formats
from tallying.analysis.stability import Resampling, stability
from tallying.election import BallotStyle
from tallying.presets import scottish
from tallying.rules import RuleConfig, count

WARDS, CANDIDATES, SEATS, WARD_VOTERS = 1_098, 8, 4, 4_500
RECOUNTS = 1_000
CITY = (90_494, 160)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("elections", type=Path, help="a folder of Pabulib files")
    parser.add_argument("--wards", type=int, default=WARDS)
    parser.add_argument("--recounts", type=int, default=RECOUNTS)
    args = parser.parse_args(arguments)
    print("| work | together | each | peak memory |", "|---|---:|---:|---:|", sep="\n")
    with TemporaryDirectory() as folder:
        _told("read and count {n} real approval elections by equal shares", _real(args.elections))
        _told("read and count {n} generated wards by Scottish STV", _wards(folder, args.wards))
        _told(
            "{n} resampled recounts of city.pb by equal shares, after reading",
            _recounts(Path(folder) / "city.pb", args.recounts),
        )
    return 0


def _told(work: str, steps: Iterator[int]) -> None:
    """One line: how long all steps took; what a step prepares for itself is not counted."""
    number = 0
    next(steps)
    began = time.perf_counter()
    for done in steps:
        number = done
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = 1000 * seconds / max(number, 1)
    print(f"| {work.format(n=f'{number:,}')} | {seconds:.1f} s | {each:.1f} ms | {peak:,.0f} MiB |")


def _real(folder: Path) -> Iterator[int]:
    paths = [path for path in sorted(folder.glob("*.pb")) if _approval(path)]
    yield 0
    for number, path in enumerate(paths, start=1):
        file = formats.read(path)
        lots = sorted(file.election.index)
        count(file.election, file.profile, RuleConfig("equal-shares", ties=("lots",)), lots=lots)
        yield number


def _approval(path: Path) -> bool:
    return formats.read(path).election.style is BallotStyle.APPROVAL


def _wards(folder: str, number: int) -> Iterator[int]:
    """Wards of 8 candidates for 4 seats, as large as a Scottish ward, in BLT files."""
    random = np.random.RandomState(7)
    paths = [Path(folder) / f"{ward}.blt" for ward in range(number)]
    for path in paths:
        path.write_text(_ward(random), encoding="utf8")
    yield 0
    for done, path in enumerate(paths, start=1):
        file = formats.read(path)
        plan = scottish.plan(file, {})
        lots = sorted(plan.election.index)
        config = RuleConfig("stv", plan.config.parameters, ties=("lots",))
        count(plan.election, plan.profile, config, lots=lots)
        yield done


def _ward(random: np.random.RandomState) -> str:
    """Most voters rank a few candidates, by their fame."""
    strength = random.standard_gamma(2.0, CANDIDATES)
    liking = random.standard_exponential((WARD_VOTERS, CANDIDATES)) / strength
    ranked = np.argsort(liking, axis=1) + 1
    lengths = 1 + random.binomial(CANDIDATES - 1, 0.4, WARD_VOTERS)
    ballots = (
        " ".join(map(str, row[:length]))
        for row, length in zip(ranked.tolist(), lengths.tolist(), strict=True)
    )
    names = "".join(f'"Candidate {name}"\n' for name in range(1, CANDIDATES + 1))
    return (
        f"{CANDIDATES} {SEATS}\n" + "".join(f"1 {b} 0\n" for b in ballots) + f'0\n{names}"Ward"\n'
    )


def _recounts(path: Path, number: int) -> Iterator[int]:
    write_city(path, *CITY)
    file = formats.read(path)
    lots = sorted(file.election.index)
    config = RuleConfig("equal-shares", utility="cost", ties=("lots",))
    outcome = count(file.election, file.profile, config, lots=lots)
    yield 0
    stability(outcome, Resampling(number, 7))
    yield number


if __name__ == "__main__":
    raise SystemExit(main())
