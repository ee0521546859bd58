"""The count told step by step: one picture and one sentence for every decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from budget_app.presentation import money, number
from budget_app.results.queries import BoxResult, ProjectResult
from budget_app.results.reasons import Wording, criterion, reason
from budget_app.translation import gettext as _
from budget_app.translation import ngettext

STEPS_A_PAGE = 25


@dataclass(frozen=True)
class Step:
    """One decision; `before` and `now` are what was spent until it and by it, in minor units."""

    number: int
    result: ProjectResult
    support: str
    sentence: str
    before: int
    now: int
    ties: tuple[str, ...]


def steps_of(box: BoxResult, wording: Wording) -> list[Step]:
    """Every decision of the count that was published, in order."""
    ties = _ties_by_step(box, wording)
    steps, spent = [], 0
    for position, entry in enumerate(box.outcome["rounds"], start=1):
        result = box.by_key[entry["project"]]
        now = max(0, box.budget - spent - entry["left"])
        steps.append(
            Step(
                number=position,
                result=result,
                support=wording.support(result.score),
                sentence=reason(result.explanation, wording),
                before=spent,
                now=now,
                ties=tuple(ties.get(position, ())),
            )
        )
        spent += now
    return steps


def beginning(box: BoxResult) -> str:
    """How the count begins under its rule."""
    rule = box.outcome["rule"]
    if box.rule == "equal-shares":
        return _equal_shares(box)
    if rule["parameters"].get("order") == "score_per_cost":
        return _("The project with the most votes for its cost comes first, then the next.")
    return _("The project with the most votes comes first, then the next.")


def _equal_shares(box: BoxResult) -> str:
    """What each voter may spend at first, and after the shares were raised."""
    ballots = box.outcome["counts"]["ballots"]
    shared = ngettext(
        "The budget of %(budget)s is for one voter.",
        "The budget of %(budget)s is shared equally among %(shown)s voters: %(share)s each.",
        ballots,
        budget=money(box.budget),
        shown=number(ballots),
        share=money(box.budget // max(1, ballots)),
    )
    account = box.outcome["completion"].get("add1")
    if not account or not account["raises"]:
        return shared
    raised = _(
        "Money would have been left over, so the shares were raised step by step, %(raises)s times, up to %(share)s each, as long as the budget was enough.",
        raises=number(account["raises"]),
        share=money(int(str(account["share"]).partition(".")[0])),
    )
    return f"{shared} {raised}"


def comparison(box: BoxResult) -> str:
    """Which of two outcomes was taken, where the rule compares them; else empty."""
    account = box.outcome["completion"].get("compare")
    if not account:
        return ""
    figures = {
        "here": number(account["higher_with_equal_shares"]),
        "there": number(account["higher_with_greedy"]),
    }
    if account["chosen"] == "greedy":
        return _(
            "Two outcomes were compared: %(there)s voters gain more when the most voted come first, %(here)s with equal shares. So the most voted came first.",
            **figures,
        )
    return _(
        "Two outcomes were compared: %(here)s voters gain more with equal shares, %(there)s when the most voted come first. So equal shares it is.",
        **figures,
    )


def _ties_by_step(box: BoxResult, wording: Wording) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for tie in box.outcome["ties"]:
        found.setdefault(tie["step"], []).append(_tie(tie, wording))
    return found


def _tie(tie: Mapping[str, Any], wording: Wording) -> str:
    projects = ", ".join(wording.named(key) for key in tie["projects"])
    if not tie["decided_by"]:
        return _("%(projects)s came level; their order changes nothing.", projects=projects)
    return _(
        "%(projects)s came level and were put in this order by %(by)s.",
        projects=projects,
        by=", ".join(criterion(name) for name in tie["decided_by"]),
    )
