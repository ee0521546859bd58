"""What is chosen so far and what is left, in the same sentences on the server and in the page."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _

from budget_app.booth import sealing
from budget_app.booth.drafts import Draft
from budget_app.booth.queries import BallotPaper
from budget_app.presentation.figures import money
from budget_app.presentation.texts import plain
from budget_app.rounds.models import Round
from tallying.election import BallotStyle


@dataclass(frozen=True)
class RunningTotal:
    """A sentence, and how much of the whole a bar shows; `most` is None where there is no bar."""

    text: str
    used: int = 0
    most: int | None = None


def sentences() -> dict[str, str]:
    """Every sentence that changes while a ballot is filled; {names} stand for values."""
    return {
        "money": _("{spent} of {budget} chosen, {left} left."),
        "spent_of": _("{spent} of {budget} chosen"),
        "left": _("{amount} left"),
        "over_by": _("{amount} over the budget"),
        "over": _("The chosen projects cost {left} more than the budget."),
        "points": _("{given} of {most} points given, {remaining} left."),
        "too_many_points": _("{given} points are given, but there are {most} in all."),
        "chosen": _("Projects chosen: {count}."),
        "chosen_of": _("Projects chosen: {count} of at most {most}."),
        "full": _("Your ballot has {most} projects, the most it can hold. Remove one to add this."),
        "expensive": _(
            "Costs more than what is left: {cost}, and {left} is left. "
            "Remove a project to make room."
        ),
        "found": _("Projects found: {count}."),
        "ranked": _("“{name}” is now number {position} on your ballot."),
        "removed": _("“{name}” was removed from your ballot."),
    }


def running_total(paper: BallotPaper, draft: Draft) -> RunningTotal:
    """How far the ballot is filled."""
    limits, count = paper.election.limits, len(draft.chosen)
    if paper.style is BallotStyle.KNAPSACK:
        return _money_total(paper, draft)
    if paper.style is BallotStyle.POINTS and limits.max_points is not None:
        given, most = draft.points(), limits.max_points
        name = "points" if given <= most else "too_many_points"
        text = sentences()[name].format(given=given, most=most, remaining=most - given)
        return RunningTotal(text, given, most)
    name = "chosen" if limits.max_length is None else "chosen_of"
    return RunningTotal(sentences()[name].format(count=count, most=limits.max_length))


def _money_total(paper: BallotPaper, draft: Draft) -> RunningTotal:
    spent, budget = draft.cost(paper.election), paper.election.budget
    name = "money" if spent <= budget else "over"
    text = sentences()[name].format(
        spent=_written(paper, spent),
        budget=_written(paper, budget),
        left=_written(paper, abs(budget - spent)),
    )
    return RunningTotal(text, spent, budget)


def script_data(round_: Round, paper: BallotPaper) -> dict[str, Any]:
    """What the page's script needs to know of the ballot."""
    election = paper.election
    return {
        "key": f"{round_.poll_id}/{paper.box_id}",
        "style": election.style.value,
        "budget": election.budget,
        "limits": asdict(election.limits),
        "language": g.language,
        "currency": election.currency,
        "minor_digits": election.minor_digits,
        "projects": {
            entry.id: {"name": plain(entry.name), "cost": entry.cost} for entry in paper.entries
        },
        "words": sentences(),
        **sealing.script_data(round_.poll_id, paper),
    }


def _written(paper: BallotPaper, amount: int) -> str:
    return money(amount, paper.election.currency, paper.election.minor_digits)
