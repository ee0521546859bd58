"""What the example says, read from the files of `content/`."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from typing import Any

from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import PhaseKind

ROUNDS = ("budget_2026", "water_2026", "youth_2027", "ideas_2028")
Table = dict[str, Any]


def read(name: str) -> Table:
    """One file of the content."""
    text = files(__package__).joinpath("content", f"{name}.toml").read_text(encoding="utf8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class RoundContent:
    """One round of the example; its dates are days before and after the day of filling."""

    name: str

    @cached_property
    def table(self) -> Table:
        return read(self.name)

    @property
    def slug(self) -> str:
        return str(self.table["slug"])

    @property
    def limits(self) -> Table:
        return dict(self.table["limits"])

    @property
    def districts(self) -> list[Table]:
        return list(self.table["districts"])

    @property
    def projects(self) -> list[Table]:
        return list(self.table.get("projects", []))

    @property
    def proposals(self) -> list[Table]:
        return list(self.table.get("proposals", []))

    def phases(
        self, parliament: Parliament, now: datetime
    ) -> dict[PhaseKind, tuple[datetime, datetime]]:
        """Every phase begins and ends at midnight in the parliament."""
        return {
            PhaseKind(kind): (midnight(parliament, now, first), midnight(parliament, now, last))
            for kind, (first, last) in self.table["phases"].items()
        }


def midnight(parliament: Parliament, now: datetime, days: int) -> datetime:
    """The beginning of the day that lies `days` after today in the parliament's time zone."""
    day = now.astimezone(parliament.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), parliament.zone).astimezone(UTC)
