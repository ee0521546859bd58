"""What the commands share: where they speak, and where their JSON goes."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from rich.console import Console

STANDARD_OUTPUT = "-"


def add_json_option(parser: ArgumentParser) -> None:
    """Every command takes `--json FILE`."""
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the result as JSON into FILE; - is standard output",
    )


def speaker(args: Namespace) -> Console:
    """Where a command speaks to people: standard error when its JSON is on standard output."""
    return Console(
        stderr=args.json == STANDARD_OUTPUT, highlight=False, markup=False, soft_wrap=True
    )


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
