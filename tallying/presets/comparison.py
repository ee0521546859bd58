"""Count a file by its own rule, and compare the outcome with its official winners."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tallying.errors import TallyingError
from tallying.formats import read
from tallying.presets.known import explain_difference
from tallying.presets.official import count_officially, official


class Verdict(StrEnum):
    """What the comparison of one file gave."""

    REPRODUCED = "reproduced"
    DIFFERS = "differs"
    NO_OFFICIAL_WINNERS = "no official winners"
    UNDECLARED = "undeclared rule"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Comparison:
    """One file: `missing` are official winners that the count does not fund, `extra` the others."""

    file: str
    verdict: Verdict
    rule: str = ""
    with_official: bool = False
    funded: int = 0
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    open_ties: tuple[tuple[str, ...], ...] = field(default=())
    text: str = ""
    """Why it differs, or what cannot be read."""

    def line(self) -> str:
        """One line for people."""
        match self.verdict:
            case Verdict.UNREADABLE:
                return f"{self.verdict}: {self.text}"
            case Verdict.UNDECLARED:
                return f"{self.file}: {self.verdict} ({self.rule})"
        parts = [f"{self.file}: {self.verdict} ({self.rule}, {self.funded} projects)"]
        parts += [f"missing {', '.join(self.missing)}"] if self.missing else []
        parts += [f"extra {', '.join(self.extra)}"] if self.extra else []
        parts += [
            f"no rule of the file settles the tie between {', '.join(group)}, taken by their ids"
            for group in self.open_ties
        ]
        if self.verdict is Verdict.DIFFERS:
            parts.append(self.text or "not explained")
        return "; ".join(parts)


def compare(path: Path, name: str) -> Comparison:
    """Compare one file; whatever goes wrong with it is in what comes back, and nothing is raised."""
    try:
        return _compared(path, name)
    except TallyingError as error:
        return Comparison(name, Verdict.UNREADABLE, text=str(error))
    except Exception as error:  # noqa: BLE001 - one file out of hundreds must not end them all
        text = f"{name}: {type(error).__name__}: {error}"
        return Comparison(name, Verdict.UNREADABLE, text=text)


def _compared(path: Path, name: str) -> Comparison:
    file = read(path, name)
    winners = file.official
    config = official(file)
    if config is None:
        return Comparison(name, Verdict.UNDECLARED, file.rule, winners is not None)
    outcome = count_officially(file, config)
    funded, ties = set(outcome.funded), outcome.open_ties
    if winners is None:
        verdict = Verdict.NO_OFFICIAL_WINNERS
        return Comparison(name, verdict, file.rule, funded=len(funded), open_ties=ties)
    missing = tuple(item for item in winners if item not in funded)
    extra = tuple(item for item in outcome.funded if item not in winners)
    differs = bool(missing or extra)
    other_marks = sum(mark > 1 for mark in (file.selected or {}).values())
    return Comparison(
        file=name,
        verdict=Verdict.DIFFERS if differs else Verdict.REPRODUCED,
        rule=file.rule,
        with_official=True,
        funded=len(funded),
        missing=missing,
        extra=extra,
        open_ties=ties,
        text=explain_difference(file, config, other_marks) if differs else "",
    )
