"""`tallying …`: every file in `commands/` is a subcommand of its name."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

from tallying import commands
from tallying.console import harmless
from tallying.errors import TallyingError

BAD_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 the check failed, 2 bad usage or bad input, 3 unresolved tie."""
    try:
        args = build_parser().parse_args(arguments)
        code = args.run(args)
        sys.stdout.flush()
    except TallyingError as error:
        print(harmless(f"tallying: {error}"), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        print(harmless(f"tallying: {said}"), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("tallying: interrupted; no result is complete.", file=sys.stderr)
        return INTERRUPTED
    return int(code)


def build_parser() -> ArgumentParser:
    """The parser with all subcommands."""
    parser = ArgumentParser(
        prog="tallying",
        description="Count, explain and verify participatory budgeting elections.",
    )
    parser.add_argument(
        "--version", action="version", version=f"tallying {version('participatory-budgeting')}"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in sorted(iter_modules(commands.__path__), key=lambda found: found.name):
        import_module(f"{commands.__name__}.{module.name}").register(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
