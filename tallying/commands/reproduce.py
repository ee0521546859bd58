"""`tallying reproduce FILE|DIR…`: count real elections by their own rule, and compare."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import track

from tallying.console import Speaker, add_json_option, speaker, write_json
from tallying.errors import InvalidFile
from tallying.presets.comparison import Comparison, Verdict, compare

CHECK_FAILED = 1
BAD_INPUT = 2
_COLUMNS = ("rule", "files", *Verdict)
_TOGETHER = 8
"""Files that a process is handed at once."""


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "reproduce", help="count Pabulib files by their own rule and compare with the winners"
    )
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE|DIR")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes that share the files"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    out = speaker(args)
    files = list(_files(args.paths))
    compared = _compared(files, max(1, args.jobs))
    if out.is_terminal:
        compared = iter(track(compared, "Counting …", len(files), console=out, transient=True))
    found = []
    for comparison in compared:
        found.append(comparison)
        out.print(comparison.line())
    _tell_by_rule(out, found)
    summary = summarise(found)
    out.print(
        f"{summary['files']} files, {summary['with_official']} with official winners: "
        f"{summary['reproduced']} reproduced, {len(summary['differing'])} differing, "
        f"{len(summary['undeclared'])} without a declared rule, "
        f"{len(summary['unreadable'])} unreadable"
    )
    write_json(args, summary)
    if summary["unreadable"]:
        return BAD_INPUT
    unexplained = [item for item in summary["differing"] if not item["explanation"]]
    return CHECK_FAILED if unexplained else 0


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Each file with the name it is reported by: its path below the folder that was given."""
    for path in paths:
        if path.is_dir():
            files = sorted(path.rglob("*.pb"))
            if not files:
                raise InvalidFile(str(path), None, "", "there is no file *.pb in this folder")
            for file in files:
                yield file, str(file.relative_to(path))
        elif path.exists():
            yield path, path.name
        else:
            raise InvalidFile(str(path), None, "", "there is no such file or folder")


def _compared(files: Sequence[tuple[Path, str]], jobs: int) -> Iterator[Comparison]:
    """The comparisons in the order of the files, whatever process makes them."""
    if jobs == 1 or len(files) < 2:
        yield from (compare(path, name) for path, name in files)
        return
    with ProcessPoolExecutor(min(jobs, len(files)), get_context("spawn")) as processes:
        paths, names = zip(*files, strict=True)
        yield from processes.map(compare, paths, names, chunksize=_TOGETHER)


def _tell_by_rule(out: Speaker, found: Sequence[Comparison]) -> None:
    """A table: a row for each declared rule, and a last one for those that cannot be read."""
    rules = Counter(comparison.rule or "?" for comparison in found)
    verdicts = Counter((comparison.rule or "?", comparison.verdict) for comparison in found)
    rows = [
        [rule, str(rules[rule]), *(str(verdicts[rule, verdict]) for verdict in Verdict)]
        for rule in sorted(rules, key=lambda rule: (rule == "?", rule))
    ]
    out.table(_COLUMNS, rows)


def summarise(found: Sequence[Comparison]) -> dict[str, Any]:
    """All comparisons as a value of JSON."""
    by_verdict = {verdict: [c for c in found if c.verdict is verdict] for verdict in Verdict}
    return {
        "files": len(found),
        "with_official": sum(comparison.with_official for comparison in found),
        "reproduced": len(by_verdict[Verdict.REPRODUCED]),
        "differing": [
            {
                "file": comparison.file,
                "rule": comparison.rule,
                "missing": list(comparison.missing),
                "extra": list(comparison.extra),
                "explanation": comparison.text,
            }
            for comparison in by_verdict[Verdict.DIFFERS]
        ],
        "undeclared": [comparison.file for comparison in by_verdict[Verdict.UNDECLARED]],
        "unreadable": [
            {"file": comparison.file, "error": comparison.text}
            for comparison in by_verdict[Verdict.UNREADABLE]
        ],
    }
