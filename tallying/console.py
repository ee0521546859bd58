"""What the commands share: where they speak, and where their JSON goes."""

import json
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

STANDARD_OUTPUT = "-"
TENTHS = 10

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n]")


class Speaker(Console):
    """Says what comes from a file without obeying it.

    A project's name may hold characters that steer a terminal (escape sequences, marks that turn
    the direction of the line): each is shown as �.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(harmless(text), **options)

    def row(self, fields: Sequence[str]) -> None:
        """One plain line, its fields separated by tabs, whatever the fields hold."""
        print("\t".join(_BREAKS.sub(" ", harmless(field)) for field in fields), file=self.file)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table that fits into a terminal's width, or plain rows where nobody looks at one."""
        if not self.is_terminal:
            for row in (head, *rows):
                self.row(row)
            return
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        self.print(table, soft_wrap=False)


def harmless(text: str) -> str:
    """The text with � for each character that steers a terminal; tabs and line ends stay."""
    return _STEERING.sub("\ufffd", text)


def add_json_option(parser: ArgumentParser) -> None:
    """Every command takes `--json FILE`."""
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the result as JSON into FILE; - is standard output",
    )


def speaker(args: Namespace) -> Speaker:
    """Where a command speaks to people: standard error when its JSON is on standard output."""
    return Speaker(
        stderr=args.json == STANDARD_OUTPUT, highlight=False, markup=False, soft_wrap=True
    )


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show what is being done, and for how long already, while somebody looks at a terminal."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield
        return
    words = TextColumn("{task.description}", markup=False)
    columns = SpinnerColumn(), words, TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(harmless(what), total=None)
        yield


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a long work is done: a bar on a terminal, otherwise a line each tenth.

    Yields what is told how many are done, of how many.
    """
    console = Speaker(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        yield _by_tenths(console, what)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(harmless(what), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _by_tenths(console: Console, what: str) -> Callable[[int, int], None]:
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if done * TENTHS // max(total, 1) > told:
            told = done * TENTHS // total
            console.print(f"{what}: {done} / {total}")

    return tell


def write_json(args: Namespace, value: Any) -> None:
    """Write the result where `--json` says, if it says so; bytes are JSON already."""
    if args.json is None:
        return
    content = value if isinstance(value, bytes) else _readable(value)
    if args.json == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content + b"\n")
        sys.stdout.flush()
    else:
        Path(args.json).write_bytes(content + b"\n")


def _readable(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()
