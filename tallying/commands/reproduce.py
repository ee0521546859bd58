"""`tallying reproduce FILE|DIR…`: count real elections by their own rule, and compare."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidFile, TallyingError
from tallying.formats import pabulib
from tallying.presets.known import explain_difference
from tallying.presets.official import count_officially, official

CHECK_FAILED = 1
BAD_INPUT = 2


class Verdict(StrEnum):
    """What the comparison of one file gave."""

    REPRODUCED = "reproduced"
    DIFFERS = "differs"
    NO_OFFICIAL_WINNERS = "no official winners"
    UNDECLARED = "undeclared rule"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Comparison:
    """One file: `missing` are official winners that the count does not fund, `extra` the others."""

    file: str
    verdict: Verdict
    rule: str = ""
    with_official: bool = False
    funded: int = 0
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    open_ties: tuple[tuple[str, ...], ...] = field(default=())
    text: str = ""
    """Why it differs, or what cannot be read."""

    def line(self) -> str:
        """One line for people."""
        match self.verdict:
            case Verdict.UNREADABLE:
                return f"{self.verdict}: {self.text}"
            case Verdict.UNDECLARED:
                return f"{self.file}: {self.verdict} ({self.rule})"
        parts = [f"{self.file}: {self.verdict} ({self.rule}, {self.funded} projects)"]
        parts += [f"missing {', '.join(self.missing)}"] if self.missing else []
        parts += [f"extra {', '.join(self.extra)}"] if self.extra else []
        parts += [f"tie left open between {', '.join(group)}" for group in self.open_ties]
        if self.verdict is Verdict.DIFFERS:
            parts.append(self.text or "not explained")
        return "; ".join(parts)


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "reproduce", help="count Pabulib files by their own rule and compare with the winners"
    )
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE|DIR")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    out = speaker(args)
    found = []
    for path, name in _files(args.paths):
        found.append(compare(path, name))
        out.print(found[-1].line())
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


def compare(path: Path, name: str) -> Comparison:
    """Count one file by its own rule and compare the result with its column `selected`."""
    try:
        file = pabulib.read(path, name)
        winners = file.official
        config = official(file)
        if config is None:
            return Comparison(name, Verdict.UNDECLARED, file.rule, winners is not None)
        outcome = count_officially(file, config)
    except TallyingError as error:
        return Comparison(name, Verdict.UNREADABLE, text=str(error))
    funded, ties = set(outcome.funded), outcome.open_ties
    if winners is None:
        verdict = Verdict.NO_OFFICIAL_WINNERS
        return Comparison(name, verdict, file.rule, funded=len(funded), open_ties=ties)
    missing = tuple(item for item in winners if item not in funded)
    extra = tuple(item for item in outcome.funded if item not in winners)
    differs = bool(missing or extra)
    other_marks = sum(mark > 1 for mark in (file.selected or {}).values())
    return Comparison(
        file=name,
        verdict=Verdict.DIFFERS if differs else Verdict.REPRODUCED,
        rule=file.rule,
        with_official=True,
        funded=len(funded),
        missing=missing,
        extra=extra,
        open_ties=ties,
        text=explain_difference(file, config, other_marks) if differs else "",
    )


def summarise(found: list[Comparison]) -> dict[str, Any]:
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
