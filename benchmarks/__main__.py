"""`make bench`: measures every speed and writes `docs/benchmarks.md`.

The real elections are those that `PB_PABULIB` holds.
"""

import io
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

from benchmarks import casting, rules
from tallying.formats import pabulib
from tallying.rules import RuleConfig, count

FILES = (
    "Poland_Wieliczka_2023_Green_Budget.pb",
    "Poland_Krakow_2018.pb",
    "Poland_Warszawa_2026.pb",
)
STEPPED = "Poland_Warszawa_2026.pb"
PACKAGES = ("numpy", "SQLAlchemy", "Flask", "gunicorn", "pabutools", "gmpy2")
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEADING = """# Speeds

`make bench`, with `PB_PABULIB` naming the folder of the real elections, measures all of this again and writes this page.
{machine}

## The count

`python -m benchmarks.rules FILE.pb`: both sides count the same file in the same run, pabutools with exact fractions (gmpy2), and the outcomes are compared.

"""
CASTING = """
## Casting

`python -m benchmarks.casting`: the clients share the server's machine, and every cast is committed durably before it is answered.
From click to receipt is the time from posting the ballot until the receipt's page is there.
Bulk is how elections are imported: the same checks, many ballots to a transaction.

"""


def main() -> int:
    """1 when an outcome differs, 2 when there are no elections."""
    folder = Path(os.environ.get("PB_PABULIB", "nowhere"))
    found = [folder / name for name in FILES if (folder / name).exists()]
    if not found:
        print("PB_PABULIB names no folder with real elections.", file=sys.stderr)
        return 2
    parts, codes = [HEADING.format(machine=_machine())], []
    for file in found:
        code, text = _told(rules.main, str(file))
        codes.append(code)
        parts.append(text + "\n")
    if folder / STEPPED in found:
        parts.append(_stepping(folder / STEPPED))
    parts += [CASTING, _told(casting.main)[1]]
    PAGE.write_text("".join(parts), encoding="utf8")
    return max(codes)


def _told(work: Callable[[list[str]], int], *arguments: str) -> tuple[int, str]:
    """What a benchmark returns and prints; it is shown as well."""
    heard = io.StringIO()
    with redirect_stdout(heard):
        code = work(list(arguments))
    print(heard.getvalue())
    return code, heard.getvalue()


def _stepping(path: Path) -> str:
    file = pabulib.read(path)
    config = RuleConfig("equal-shares", utility="cost", completion="add1", ties=("lots",))
    profile = file.profile
    began = time.perf_counter()
    count(file.election, profile, config, lots=sorted(file.election.index))
    seconds = time.perf_counter() - began
    return f"`equal-shares` with the completion `add1`, {path.name}: {seconds:.1f} s.\n"


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {os.cpu_count()} cores of {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}."
    )


if __name__ == "__main__":
    raise SystemExit(main())
