"""Sealing ballots, and opening both layers of them with one process and with one for each core.

python -m benchmarks.sealed
"""

import argparse
import os
import resource
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tallying.sealing.keys import LayerKey, generate, read_private
from tallying.sealing.peel import peel, stages_of
from tallying.sealing.seal import LAYERS, plain_ballot, seal_ballot
from tallying.sealing.stages import Header, write_stage

ENVELOPES, SIZE = 20_000, 512
ROUND, BOX = "benchmark/round", "box"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envelopes", type=int, default=ENVELOPES)
    number = parser.parse_args(arguments).envelopes
    keys = {layer: read_private(generate()[0]) for layer in LAYERS}
    print(f"{number:,} ballots of {SIZE} bytes\n")
    print(
        "| work | processes | together | ballots/s | processor time |",
        "|---|---:|---:|---:|---:|",
        sep="\n",
    )
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _told("seal", 1, number, lambda: _seal(folder / "in.jsonl", number, keys))
        for processes in sorted({1, os.cpu_count() or 1}):
            for layer in LAYERS:
                _open(folder, number, processes, layer, keys[layer])
    return 0


def _seal(path: Path, number: int, keys: dict[str, LayerKey]) -> None:
    public = {layer: key.public for layer, key in keys.items()}
    envelopes = sorted(
        seal_ballot(
            plain_ballot(["a", "b", "c"], secrets.token_bytes(16)),
            size=SIZE,
            round_id=ROUND,
            box_id=BOX,
            keys=public,
        )
        for _ in range(number)
    )
    header = Header(ROUND, "", "in", {BOX: number})
    write_stage(path, header, ((BOX, envelope) for envelope in envelopes))


def _open(folder: Path, number: int, processes: int, layer: str, key: LayerKey) -> None:
    source, target = (folder / f"{stage}.jsonl" for stage in stages_of(layer))
    target.unlink(missing_ok=True)
    _told(
        f"open the {layer} layer",
        processes,
        number,
        lambda: peel(source, target, key, layer, workers=processes),
    )


def _told(work: str, processes: int, number: int, act: Callable[[], object]) -> None:
    began, spent = time.perf_counter(), _processor_time()
    act()
    seconds, spent = time.perf_counter() - began, _processor_time() - spent
    print(
        f"| {work} | {processes} | {seconds:.1f} s | {number / seconds:,.0f} | {spent:.1f} s |",
        flush=True,
    )


def _processor_time() -> float:
    """Of this process and of those that it waited for, in seconds."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    raise SystemExit(main())
