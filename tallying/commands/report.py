"""`tallying report FILE -o OUT`: what a count means, as one HTML page or a PDF."""

import shlex
from argparse import ArgumentParser, Namespace
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tallying import formats
from tallying.analysis import Analysis, Resampling, analyse
from tallying.commands.run import add_rule_options, answers_of, counted, plan_of
from tallying.console import add_json_option, speaker, working, write_json
from tallying.errors import InvalidRule
from tallying.outcome import Outcome
from tallying.wording import LANGUAGES

SUFFIXES = (".html", ".pdf")
LARGEST_SEED = 2**32 - 1
_REPEATED = ("rule", "preset", "utility", "completion", "ties", "seed", "lots")


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser("report", help="explain and analyse a count")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .pb, .blt, .csv or .parquet file"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="where to write: a name in .html or .pdf"
    )
    add_rule_options(parser)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument(
        "--resample",
        type=int,
        default=0,
        metavar="N",
        help="count N times again with voters drawn at random from these",
    )
    parser.add_argument(
        "--resample-seed", type=int, default=0, metavar="N", help="of the draws (default: 0)"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Count, analyse, and write what was asked for; the analysis goes to `--json`."""
    _check(args)
    with working(f"reading {args.file.name}"):
        file = formats.read(args.file)
    plan = plan_of(file, args)
    outcome = counted(plan, file, answers_of(args, file))
    out = speaker(args)
    analysis = _analysis(outcome, args, out)
    if args.output is not None:
        from tallying.report import Subject, html
        from tallying.report.pdf import pdf

        subject = Subject(
            file=file,
            outcome=outcome,
            analysis=analysis,
            language=args.language,
            command=_command(args),
            digest=sha256(args.file.read_bytes()).hexdigest(),
            notes=plan.notes,
        )
        page = html(subject)
        args.output.write_bytes(pdf(page) if args.output.suffix.lower() == ".pdf" else page)
        out.print(f"written: {args.output}")
    write_json(args, analysis.to_json())
    return 0


def _check(args: Namespace) -> None:
    if args.output is None and args.json is None:
        raise InvalidRule("Say where the report goes: -o OUT.html, -o OUT.pdf or --json FILE.")
    if args.output is not None and args.output.suffix.lower() not in SUFFIXES:
        raise InvalidRule(f"{args.output}: a report is written as .html or .pdf.")
    if args.resample < 0:
        raise InvalidRule("--resample takes a number of recounts, 0 or more.")
    if not 0 <= args.resample_seed <= LARGEST_SEED:
        raise InvalidRule(f"--resample-seed is a whole number from 0 to {LARGEST_SEED}.")


def _analysis(outcome: Outcome, args: Namespace, out: Console) -> Analysis:
    if not args.resample:
        with working("analysing the result"):
            return analyse(outcome)
    resampling = Resampling(args.resample, args.resample_seed)
    if not out.is_terminal:
        out.print(f"counting {args.resample} times with resampled voters")
        return analyse(outcome, resampling)
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("counting resampled voters", total=args.resample)
        return analyse(outcome, resampling, lambda done, _: progress.update(task, completed=done))


def _command(args: Namespace) -> str:
    """The command that repeats the count."""
    words = ["tallying", "run", args.file.name]
    for name in _REPEATED:
        value = getattr(args, name)
        words += [f"--{name}", value] if value else []
    for text in args.set:
        words += ["--set", text]
    return shlex.join(words)
