"""`make bench`: measures every speed and writes `docs/benchmarks.md`.

The real elections are those that `PB_PABULIB` holds.
"""

import io
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import browsing, casting, hearing, large, many, sealed, verifying
from benchmarks.generated import write_city
from tallying.benchmark.compare import Work, measures
from tallying.benchmark.measure import COLUMNS, Measure

ADD1 = Work("equal-shares", "add1")
USUAL = (Work("greedy"), Work("equal-shares"), Work("phragmen"))
REAL: dict[str, Sequence[Work]] = {
    "Poland_Swiecie_2023.pb": (*USUAL, ADD1, Work("exact-equal-shares"), Work("maximin-support")),
    "Poland_Wieliczka_2023_Green_Budget.pb": (*USUAL, ADD1),
    "Poland_Krakow_2018.pb": (Work("greedy"), Work("borda"), Work("schulze")),
    "Poland_Warszawa_2026.pb": (*USUAL, ADD1, Work("knapsack")),
    "Hungary_Budapest_2024.pb": (*USUAL, ADD1),
}
"""What is measured on which real election."""

CITY = "city.pb"
CITY_VOTERS, CITY_PROJECTS = 90_494, 160
REPEAT = 5
LIMIT = 180.0
PACKAGES = ("numpy", "SQLAlchemy", "Flask", "gunicorn", "pabutools", "gmpy2")
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEADING = """# Speeds

`make bench`, with `PB_PABULIB` naming the folder of the real elections, measures all of this again and writes this page.
{machine}

## The count

`tallying bench FILE.pb` measures any file so: both sides count the same file in the same run, and the outcomes are compared.
pabutools counts with exact fractions (gmpy2) and is measured once; here, medians of {repeat}, by one thread.
Work that has not ended after {limit:.0f} s is ended, and the ratio is then a lower bound.
Peak memory is that of the process that counts, with Python and what was read before.

"""
GENERATED = """{file} is generated (`benchmarks/generated.py`): {voters:,} voters, {projects} projects, the size of Łódź 2022.

"""
LARGE = """## Very large elections

`python -m benchmarks.large`: generated approval ballots with 150 projects, each file read and counted in a process of its own, whose peak memory is stated; all times are in seconds of one run.

"""
MANY = """
## Many elections

`python -m benchmarks.many FOLDER`: the approval elections of that folder, the wards of a country, and the recounts of a stability report.

"""
CASTING = """
## Casting

`python -m benchmarks.casting`: the clients share the server's machine, and every cast is committed durably before it is answered.
From click to receipt is the time from posting the ballot until the receipt's page is there, from receipt to log until a signed checkpoint covers the ballot's entry.
Processor time is what one cast with its receipt takes: of gunicorn's processes, whose embedded worker logs and mails meanwhile, of PostgreSQL, and of the clients, which share the processors and are no part of the server.
Into the box is without HTTP: many processes cast, each ballot in a transaction of its own.
Bulk is how elections are imported: the same checks, many ballots to a transaction.
Aims: 1,000 a second into the box on PostgreSQL, 150 a second through HTTP, in the log within a second.

"""
HEARING = """
## A live hearing

`python -m benchmarks.hearing`: the live part that every open page of a hearing asks for, while the queue changes every second.
Times run from the moment at which a page meant to look until it has the answer.

"""
VERIFYING = """
## Verifying

`python -m benchmarks.verifying`: a generated auditors' edition of one box, verified by each program in a process of its own.
Approval of up to 4 of 30 projects, every tenth voter voted twice; equal shares with a greedy fill.
Seconds are by the clock and, in brackets, of the processors; of one run. `tallying verify` reads the envelopes of large bundles in a second process; peak memory is that of the larger one.
Opening the layers again (V19) needs the private keys and is not part of it.

"""
BROWSING = """
## Finding proposals

`python -m benchmarks.browsing`: generated proposals in one round; the requests go to the application itself, on one thread, so the times are the server's own work.
Aims: the first page within 150 ms and 150 kB, a search within 200 ms.

"""
SEALED = """
## Sealed ballots

`python -m benchmarks.sealed`: sealing, and opening each layer from file to file as `tallying peel` does it.

"""


def main() -> int:
    """1 when an outcome differs, 2 when there are no elections."""
    folder = Path(os.environ.get("PB_PABULIB", "nowhere"))
    found = {folder / name: works for name, works in REAL.items() if (folder / name).exists()}
    if not found:
        print("PB_PABULIB names no folder with real elections.", file=sys.stderr)
        return 2
    parts = [HEADING.format(machine=_machine(), repeat=REPEAT, limit=LIMIT)]
    tables = [_table(path, works) for path, works in found.items()]
    with TemporaryDirectory() as temporary:
        city = Path(temporary) / CITY
        write_city(city, CITY_VOTERS, CITY_PROJECTS)
        tables.append(_table(city, USUAL))
    parts += [text for text, _ in tables]
    parts.append(GENERATED.format(file=CITY, voters=CITY_VOTERS, projects=CITY_PROJECTS))
    parts += [LARGE, _told(large.main), MANY, _told(many.main, str(folder))]
    parts += [CASTING, _told(casting.main)]
    parts += [BROWSING, _told(browsing.main)]
    parts += [HEARING, _told(hearing.main)]
    parts += [SEALED, _told(sealed.main)]
    parts += [VERIFYING, _told(verifying.main)]
    PAGE.write_text("".join(parts), encoding="utf8")
    return 0 if all(agree for _, agree in tables) else 1


def _table(path: Path, works: Sequence[Work]) -> tuple[str, bool]:
    """A table of Markdown, and whether both sides agree on every outcome."""
    found: list[Measure] = []
    print(path.name)
    for measure in measures(path, works, REPEAT, LIMIT):
        print("  ", *measure.fields(), sep="\t", flush=True)
        found.append(measure)
    lines = [f"{path.name}", "", f"| {' | '.join(COLUMNS)} |", "|---|---:|---:|---:|---:|---|"]
    lines += [f"| {' | '.join(measure.fields())} |" for measure in found]
    return "\n".join([*lines, "", ""]), all(measure.same is not False for measure in found)


def _told(work: Callable[[list[str]], int], *arguments: str) -> str:
    """What a benchmark prints; it is shown as well."""
    heard = io.StringIO()
    with redirect_stdout(heard):
        work(list(arguments))
    print(heard.getvalue())
    return heard.getvalue()


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {os.cpu_count()} cores of {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}."
    )


if __name__ == "__main__":
    raise SystemExit(main())
