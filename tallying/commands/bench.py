"""`tallying bench FILE…`: how fast this machine counts, side by side with pabutools."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from rich.table import Table

from tallying import formats
from tallying.benchmark.compare import Work, measures
from tallying.benchmark.measure import COLUMNS, Measure
from tallying.benchmark.peer import installed
from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidRule
from tallying.rules import RULES, find

CHECK_FAILED = 1
BAD_INPUT = 2


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "bench", help="measure the speed of the rules, side by side with pabutools"
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument(
        "--rules",
        metavar="A,B,C",
        help="rules to measure, RULE/COMPLETION for one with a completion (default: all that can "
        "count the ballots)",
    )
    parser.add_argument("--repeat", type=int, default=3, help="medians of so many runs here")
    parser.add_argument(
        "--limit", type=float, default=120, help="seconds after which a piece of work is ended"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """1 when both sides fund other projects, 2 when a piece of work failed."""
    if args.repeat < 1 or args.limit <= 0:
        raise InvalidRule("--repeat and --limit must be positive.")
    out = speaker(args)
    if not installed():
        out.print("pabutools is not installed (pip install pabutools gmpy2): no comparison.")
    found: dict[str, list[Measure]] = {}
    for path in args.files:
        table = Table(*COLUMNS, title=f"{path.name}, medians of {args.repeat}")
        rows = found.setdefault(path.name, [])
        for measure in measures(path, _works(path, args.rules), args.repeat, args.limit):
            rows.append(measure)
            table.add_row(*measure.fields())
            if out.is_terminal:
                out.print(measure.work)
            else:
                out.row(measure.fields())
        if out.is_terminal:
            out.print(table)
    write_json(args, {name: [each.to_json() for each in rows] for name, rows in found.items()})
    measured = [measure for rows in found.values() for measure in rows]
    if any(measure.failed or measure.theirs_failed for measure in measured):
        return BAD_INPUT
    return CHECK_FAILED if any(measure.same is False for measure in measured) else 0


def _works(path: Path, names: str | None) -> list[Work]:
    if names is None:
        style = formats.read(path).election.style
        return [Work(rule.id) for rule in RULES.values() if style in rule.styles]
    works = []
    for name in names.split(","):
        rule, _, completion = name.partition("/")
        works.append(Work(find(rule).id, completion or "none"))
    return works
