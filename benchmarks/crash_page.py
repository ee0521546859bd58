"""`docs/crashes.md`: the figures of kill runs, kept run by run, so that an interruption loses none."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.crashes.rehearsal import Result

PAGE = Path(__file__).parent.parent / "docs" / "crashes.md"
HEADING = """# Crashes

`make crashes ARGS=--write` kills web workers, the sequencer and PostgreSQL while people vote through HTTP, and writes this page run by run; interrupted, it goes on with the next run.
Ballots are sealed by the server, and voters change their vote again and again. They post the same form again until they are answered; every tenth loses the answer and asks once more.
Whoever dies does so at a named point (`kill -9`; “database at …” kills every process of PostgreSQL when a worker or the sequencer is there), and web workers at any moment besides.
Then what voters were told is compared with the box: an acknowledged ballot is **lost** when it has no envelope, or is neither queued for the log nor in it; one is **doubled** when it is there twice, or a voter was told of two.
**Otherwise wrong** counts ballots that nobody was told of, gaps in a voter's numbers or in the log, and checkpoints that the log does not extend.
`docs/operations/databases.md` says what makes this hold, and `tests/voting/test_crashes.py` and `test_power_cut.py` show that the same comparison finds losses when commits are not durable.

"""
COLUMNS = (
    "run",
    "version",
    "database",
    "acknowledged",
    "retried",
    "seconds",
    "lost",
    "doubled",
    "otherwise wrong",
    "what was killed, how often",
)
TABLE = f"| {' | '.join(COLUMNS)} |\n|---:|---|---|{'---:|' * 6}---|\n"


@dataclass(frozen=True)
class Run:
    """One line of the table."""

    number: int
    version: str
    database: str
    acknowledged: int
    retried: int
    seconds: int
    lost: int
    doubled: int
    wrong: int
    killed: str

    @classmethod
    def of(cls, number: int, made: str, database: str, result: Result, seconds: float) -> Self:
        found = result.findings
        return cls(
            number,
            made,
            database,
            found.acknowledged,
            result.retried,
            round(seconds),
            len(found.lost),
            len(found.doubled),
            len(found.broken) + found.untold,
            ", ".join(f"{point} {count}" for point, count in result.kills.items()),
        )

    @classmethod
    def parse(cls, line: str) -> Self:
        """What `line` wrote."""
        number, made, database, *numbers, killed = (
            part.strip() for part in line.strip().strip("|").split("|")
        )
        acknowledged, retried, seconds, lost, doubled, wrong = (
            int(value.replace(",", "")) for value in numbers
        )
        return cls(
            int(number),
            made,
            database,
            acknowledged,
            retried,
            seconds,
            lost,
            doubled,
            wrong,
            killed,
        )

    @property
    def clean(self) -> bool:
        return self.lost + self.doubled + self.wrong == 0

    def line(self) -> str:
        numbers = (
            self.acknowledged, self.retried, self.seconds, self.lost, self.doubled, self.wrong,
        )  # fmt: skip
        told = " | ".join(f"{value:,}" for value in numbers)
        return f"| {self.number} | {self.version} | {self.database} | {told} | {self.killed} |"


def version() -> str:
    """The commit that is measured; `+` when a file beside the page was changed since."""
    commit = _git("describe", "--always", "--exclude=*")
    page = f":!{PAGE.relative_to(PAGE.parent.parent)}"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", page)
    return f"{commit}{'+' if changed else ''}" or "unknown"


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=PAGE.parent.parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def read(page: Path) -> list[Run]:
    """The runs that the page tells of."""
    if not page.exists():
        return []
    lines = page.read_text(encoding="utf8").splitlines()
    return [Run.parse(line) for line in lines if line[:2] == "| " and line[2].isdigit()]


def write(page: Path, runs: Sequence[Run]) -> None:
    """The whole page, with the sum of all runs."""
    acknowledged, lost, doubled, wrong = (
        sum(getattr(run, name) for run in runs)
        for name in ("acknowledged", "lost", "doubled", "wrong")
    )
    summary = (
        f"{len(runs)} runs, {acknowledged:,} acknowledged ballots: {lost} lost, {doubled} doubled, "
        f"{wrong} otherwise wrong.\n\n"
    )
    table = TABLE + "".join(f"{run.line()}\n" for run in runs)
    page.write_text(HEADING + summary + table, encoding="utf8")
