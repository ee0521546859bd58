"""`tallying verify BUNDLE`: check an evidence bundle on this machine, with nothing else."""

import argparse
import gc
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tallying import console as terminal
from tallying.errors import InvalidBundle
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import dumps
from tallying.evidence.checks import CHECKS
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Finding, Report, Status, Verdict, verify

COLOURS = {Status.PASS: "green", Status.FAIL: "bold red", Status.SKIP: "yellow"}
MEANING = {
    Verdict.VERIFIED: "Verified: nothing failed, and the keys are those of your trust file.",
    Verdict.UNPROVEN: (
        "Consistent, origin unproven: nothing failed, but no trust file (--trust) says whose keys "
        "signed it."
    ),
    Verdict.INCOMPLETE: "Incomplete: a check was skipped that should not be.",
    Verdict.FAILED: "FAILED: this bundle does not prove its result.",
}

PUBLIC_EDITION = (
    "This is the public edition: who voted, and that each ballot counted is one that was cast, "
    f"only auditors can check ({', '.join(check.id for check in CHECKS if check.auditors_only)})."
)


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("verify", help="check an evidence bundle", description=__doc__)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    add_trust_option(parser)
    parser.add_argument(
        "--no-recount",
        action="store_true",
        help="leave out the recount (V22); the verdict is then incomplete, and the exit code 1",
    )
    terminal.add_json_option(parser)
    parser.set_defaults(run=run)


def add_trust_option(parser: argparse.ArgumentParser) -> None:
    """`--trust FILE`, as every command takes it that verifies."""
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="keys as printed in the gazette: lines `log KEY`, `receipt KEY`, `auditor KEY`",
    )


def run(args: argparse.Namespace) -> int:
    """Verify and report; 0 when nothing failed, 1 when something did."""
    trust = read_trust(args.trust)
    with Bundle.open(args.bundle) as bundle:
        report = examine(bundle, trust, terminal.speaker(args), recount=not args.no_recount)
    terminal.write_json(args, dumps(report.to_json()))
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


def examine(
    bundle: Bundle, trust: Trust | None, console: Console, *, recount: bool = True
) -> Report:
    """Verify, showing each finding as it is made, and what they come to."""
    working = console.status("Checking …") if console.is_terminal else nullcontext()
    gc.disable()  # millions of parsed values and no circle: the search for circles takes a third
    try:
        with working:
            report = verify(bundle, trust, lambda found: _show(console, found), recount=recount)
    finally:
        gc.enable()
    made = Counter(finding.status for finding in report.findings)
    console.print(
        f"{made[Status.PASS]} checks passed, {made[Status.FAIL]} failed, "
        f"{made[Status.SKIP]} had to be skipped."
    )
    console.print(Text(MEANING[report.verdict], style="bold" if report.passed else "bold red"))
    if report.passed and bundle.is_public:
        console.print(PUBLIC_EDITION)
    return report


def _show(console: Console, found: Finding) -> None:
    line = Text(f"{found.id}  ")
    line.append(found.status.value, style=COLOURS[found.status])
    line.append(f"  {found.title}: {found.detail}")
    console.print(line)
