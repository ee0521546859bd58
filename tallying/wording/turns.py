"""The decisions of a count in order, each with its sentence and the money beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallying.explanation import deciding_steps, explanations
from tallying.utilities import Utility
from tallying.wording.reasons import reason
from tallying.wording.ties import tie
from tallying.wording.wording import Wording


@dataclass(frozen=True)
class Turn:
    """One step of the count, from 1; `project` is None where it touches no single project.

    `before` and `now` are what was spent until it and by it, in minor units; `ties` are the
    sentences for the ties that were met at it.
    """

    number: int
    project: str | None
    sentence: str
    before: int
    now: int
    ties: tuple[str, ...]


def turns(outcome: Mapping[str, Any], wording: Wording) -> list[Turn]:
    """Every step of an outcome's JSON, whatever its rule."""
    ties = _ties_by_step(outcome, wording)
    known, decided = explanations(outcome), deciding_steps(outcome)
    told, spent = [], 0
    for number, entry in enumerate(outcome["rounds"], start=1):
        project, left = entry.get("project"), entry.get("left")
        now = 0 if left is None else max(0, outcome["budget"] - spent - left)
        if project is None:
            sentence = _between(entry, outcome["rule"]["utility"], wording)
        elif decided.get(project, number) != number:
            sentence = _later(decided[project], wording)
        else:
            sentence = reason(known[project], wording)
        told.append(Turn(number, project, sentence, spent, now, tuple(ties.get(number, ()))))
        spent += now
    return told


def _between(entry: Mapping[str, Any], utility: str, wording: Wording) -> str:
    """A step that decides about no project.

    `source` names one whose surplus votes move on; `optimum` is the greatest total of a selection
    that fits, and `unique` says whether only one reaches it.
    """
    if "optimum" in entry:
        best = wording.total(int(entry["optimum"]), utility == Utility.COST)
        if entry["unique"]:
            return wording.gettext(
                "Of all selections that fit, one reaches the greatest total: %(best)s.", best=best
            )
        return wording.gettext(
            "Of all selections that fit, several reach the greatest total: %(best)s. The tie order chooses one of them.",
            best=best,
        )
    if "source" in entry:
        return wording.gettext(
            "The votes that %(project)s has beyond what it needs go on to the next choices on these ballots.",
            project=wording.named(entry["source"]),
        )
    return wording.gettext("No single project is decided at this step.")


def _later(step: int, wording: Wording) -> str:
    return wording.gettext(
        "Nothing is settled about it yet: step %(step)s decides.", step=wording.number(step)
    )


def _ties_by_step(outcome: Mapping[str, Any], wording: Wording) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for met in outcome["ties"]:
        found.setdefault(met["step"], []).append(tie(met, wording))
    return found
