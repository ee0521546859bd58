"""`tallying verify BUNDLE`: check an evidence bundle on this machine, with nothing else."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tallying.errors import InvalidBundle
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import dumps
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Finding, Report, Status, Verdict, verify

COLOURS = {Status.PASS: "green", Status.FAIL: "bold red", Status.SKIP: "yellow"}
MEANING = {
    Verdict.VERIFIED: "Verified: every check passed, with the keys of your trust file.",
    Verdict.UNPROVEN: (
        "Consistent, origin unproven: every check passed, but no trust file (--trust) says "
        "whose keys signed it."
    ),
    Verdict.INCOMPLETE: "Incomplete: a check was skipped that should not be.",
    Verdict.FAILED: "FAILED: this bundle does not prove its result.",
}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("verify", help="check an evidence bundle", description=__doc__)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="keys as printed in the gazette: lines `log KEY`, `receipt KEY`, `auditor KEY`",
    )
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; - is the output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify and report; 0 when nothing failed, 1 when something did."""
    console = Console(stderr=args.json == "-", highlight=False, soft_wrap=True)
    with Bundle.open(args.bundle) as bundle:
        report = verify(bundle, read_trust(args.trust), lambda found: _show(console, found))
    console.print(Text(MEANING[report.verdict], style="" if report.passed else "bold red"))
    _write_json(report, args.json)
    return 0 if report.passed else 1


def read_trust(path: Path | None) -> Trust | None:
    """The trust file, if one is named; raises `InvalidBundle`."""
    if path is None:
        return None
    try:
        return Trust.parse(path.read_text(encoding="utf8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        message = f"The trust file {path} cannot be read."
        raise InvalidBundle(message) from error


def _show(console: Console, found: Finding) -> None:
    line = Text(f"{found.id}  ")
    line.append(found.status.value, style=COLOURS[found.status])
    line.append(f"  {found.title}: {found.detail}")
    console.print(line)


def _write_json(report: Report, target: str | None) -> None:
    if target == "-":
        sys.stdout.write(dumps(report.to_json()).decode() + "\n")
    elif target:
        Path(target).write_bytes(dumps(report.to_json()) + b"\n")
