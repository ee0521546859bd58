"""The words for ties, and for what decided them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tallying.ties import Criterion
from tallying.wording.wording import Wording

_CRITERIA: Mapping[Criterion, Callable[[Wording], str]] = {
    Criterion.MORE_VOTES: lambda wording: wording.gettext("more votes"),
    Criterion.LOWER_COST: lambda wording: wording.gettext("the lower cost"),
    Criterion.HIGHER_COST: lambda wording: wording.gettext("the higher cost"),
    Criterion.LOTS: lambda wording: wording.gettext("lots drawn in public before the vote"),
    Criterion.SEED: lambda wording: wording.gettext("a seed drawn in public after the vote"),
}


def criterion(name: str, wording: Wording) -> str:
    """What a tie was decided by."""
    return _CRITERIA[Criterion(name)](wording)


def criteria(names: Iterable[str], wording: Wording) -> str:
    """Everything that a tie was decided by, one after the other."""
    return ", ".join(criterion(name, wording) for name in names)


def not_final(outcome: Mapping[str, Any], wording: Wording) -> list[str]:
    """Every tie that the ids decided, and that the result is therefore not final; empty without one.

    `outcome` is an outcome's JSON.
    """
    told = [
        wording.gettext(
            "No rule of this count settles the tie at step %(step)s between %(projects)s: here they stand in the order of their ids.",
            step=wording.number(met["step"]),
            projects=", ".join(wording.identified(project) for project in group),
        )
        for met in outcome["ties"]
        if met["matters"]
        for group in met["open"]
    ]
    if not told:
        return []
    end = wording.gettext(
        "The result is therefore not final: let somebody decide the tie, for example by lots, and count again with that order."
    )
    return [*dict.fromkeys(told), end]


def tie(met: Mapping[str, Any], wording: Wording) -> str:
    """Between whom a tie was, and how it was decided; `met` is one of an outcome's `ties`."""
    projects = ", ".join(wording.named(project) for project in met["projects"])
    if met["matters"]:
        return wording.gettext(
            "%(projects)s came level, and the tie order does not say who comes first: another order could change the result.",
            projects=projects,
        )
    if not met["decided_by"]:
        return wording.gettext(
            "%(projects)s came level; their order changes nothing.", projects=projects
        )
    return wording.gettext(
        "%(projects)s came level and were put in this order by %(by)s.",
        projects=projects,
        by=criteria(met["decided_by"], wording),
    )
