"""`tallying check FILE`: all that is wrong with a Pabulib file."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidFile
from tallying.formats import pabulib
from tallying.formats.pabulib import PabulibFile

CHECK_FAILED = 1
MOST_ERRORS = 50
"""After so many lines that cannot be read, the rest of the file is left unread."""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("check", help="list all that is wrong with a Pabulib file")
    parser.add_argument("file", type=Path, metavar="FILE")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    errors, file = find_errors(args.file)
    repairs = [asdict(repair) for repair in file.repairs] if file else []
    differences = [asdict(difference) for difference in file.differences] if file else []
    out = speaker(args)
    for error in errors:
        out.print(str(error))
    for repair in repairs:
        out.print(f"{args.file.name}: {repair['policy']} on {repair['ballots']} ballots")
    for difference in differences:
        where = f" of project {difference['project']}" if difference["project"] else ""
        out.print(
            f"{args.file.name}: {difference['field']}{where} is published as "
            f"{difference['published']}, and counted as {difference['counted']}"
        )
    if not errors and not repairs and not differences:
        out.print(f"{args.file.name}: nothing is wrong")
    write_json(
        args,
        {
            "file": args.file.name,
            "errors": [{"line": e.line, "field": e.field, "message": e.message} for e in errors],
            "repairs": repairs,
            "differences": differences,
        },
    )
    return CHECK_FAILED if errors or differences else 0


def find_errors(path: Path) -> tuple[list[InvalidFile], PabulibFile | None]:
    """Every error of a file, or the file when there is none.

    A line of projects or votes that cannot be read is put aside, and the rest read again, so that
    one error does not hide the next.
    """
    errors: list[InvalidFile] = []
    content = path.read_bytes()
    while len(errors) < MOST_ERRORS:
        try:
            file = pabulib.read(content, path.name)
        except InvalidFile as error:
            errors.append(error)
            shorter = _without_line(content, error.line)
            if shorter is None:
                return errors, None
            content = shorter
        else:
            return errors, None if errors else file
    return errors, None


def _without_line(content: bytes, line: int | None) -> bytes | None:
    """The file with one row emptied; None when the error is of no row of projects or votes."""
    if line is None:
        return None
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    headings = [text.strip(b"; \t").upper() for text in lines[:line]]
    if b"PROJECTS" not in headings:
        return None
    last_heading = max(headings.index(name) for name in (b"PROJECTS", b"VOTES") if name in headings)
    if line - 1 <= last_heading + 1 or not lines[line - 1].strip():
        return None
    lines[line - 1] = b""
    return b"\n".join(lines)
