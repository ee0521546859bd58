"""`tallying check FILE`: all that is wrong with a file of an election."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidFile
from tallying.formats import ElectionFile
from tallying.formats.errors_of import MOST_ERRORS, errors_of
from tallying.formats.pabulib import PabulibFile
from tallying.formats.published import Difference
from tallying.formats.repaired import Repaired, repaired_lines
from tallying.wording import LANGUAGES, PlainFormatter, Wording, repaired

CHECK_FAILED = 1
_ENGLISH = Wording(LANGUAGES[0], PlainFormatter(LANGUAGES[0]), {}, style="approval")
MOST_LINES = 1000
"""So many repaired lines are named one by one; the repairs count all of them."""


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "check",
        help="list all that is wrong with a file of an election",
        description="Lists what cannot be read, what is repaired, and published numbers that a "
        "recount refutes. Exit code 1 when anything is listed.",
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .pb, .blt, .csv or .parquet file"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    errors, file = errors_of(args.file)
    repairs = file.repairs if file else ()
    differences = file.differences if file else ()
    lines = _repaired(args.file, file)
    out = speaker(args)
    _tell(out, args.file.name, errors, lines)
    for repair in repairs:
        out.print(f"{args.file.name}: {repaired(repair.policy, repair.ballots, _ENGLISH)}")
    _tell_differences(out, args.file.name, differences)
    wrong = bool(errors or repairs or differences)
    if not wrong:
        out.print(f"{args.file.name}: nothing is wrong")
    write_json(
        args,
        {
            "file": args.file.name,
            "errors": [{"line": e.line, "field": e.field, "message": e.message} for e in errors],
            "repairs": [asdict(repair) for repair in repairs],
            "repaired": [item._asdict() for item in lines],
            "differences": [asdict(difference) for difference in differences],
        },
    )
    return CHECK_FAILED if wrong else 0


def _repaired(path: Path, file: ElectionFile | None) -> list[Repaired]:
    if not isinstance(file, PabulibFile) or not file.repairs:
        return []
    return [item for item, _ in zip(repaired_lines(path, file), range(MOST_LINES), strict=False)]


def _tell(
    out: Console, name: str, errors: Sequence[InvalidFile], lines: Sequence[Repaired]
) -> None:
    for error in errors:
        out.print(str(error))
    if len(errors) >= MOST_ERRORS:
        out.print(f"{name}: after {MOST_ERRORS} errors, the rest was left unread")
    for item in lines:
        out.print(f"{name}, line {item.line}: {item.field}: {item.policy} (voter {item.voter})")
    if len(lines) >= MOST_LINES:
        out.print(f"{name}: further repaired lines are not named one by one")


def _tell_differences(out: Console, name: str, differences: Sequence[Difference]) -> None:
    for difference in differences:
        where = f" of project {difference.project}" if difference.project else ""
        out.print(
            f"{name}: {difference.field}{where} is published as "
            f"{difference.published}, and counted as {difference.counted}"
        )
