"""The count told step by step: one picture and one sentence for every decision."""

from dataclasses import dataclass

from budget_app.results.queries import BoxResult, ProjectResult
from tallying.wording import Turn, Wording, turns

STEPS_A_PAGE = 25


@dataclass(frozen=True)
class Step:
    """One step of the count; `result` is None where it touches no single project."""

    turn: Turn
    result: ProjectResult | None
    support: str


def steps_of(box: BoxResult, wording: Wording) -> list[Step]:
    """Every step of the count that was published, in order."""
    told = []
    for turn in turns(box.outcome, wording):
        result = None if turn.project is None else box.by_key[turn.project]
        told.append(Step(turn, result, "" if result is None else result.support(wording)))
    return told
