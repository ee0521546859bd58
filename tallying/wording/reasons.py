"""Why a project is funded or not: one reason in plain sentences for every code of the count."""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any

from tallying.codes import Code
from tallying.explanation import Explanation
from tallying.wording.ties import criteria
from tallying.wording.wording import Wording

Values = Mapping[str, Any]
"""What `Code` lists for the code, and the values of every `Explanation`."""


def reason(explanation: Explanation, wording: Wording) -> str:
    """Why the project is funded or not, in one or two sentences."""
    return _REASONS[explanation.code](explanation.values, wording)


def _funded(values: Values, wording: Wording) -> str:
    if "full" in values:
        return _paid_together(values, wording)
    if "payers" in values:
        return _paid_in_equal_parts(values, wording)
    if values.get("how") in ("transferred", "accepted"):
        return _by_moved_support(values, wording)
    if wording.gives_points and not values["by_score"]:
        return wording.gettext(
            "It came up at step %(step)s; afterwards %(left)s was left.",
            step=wording.number(values["step"]),
            left=wording.money(values["left"]),
        )
    return wording.gettext(
        "It came up at step %(step)s with %(support)s; afterwards %(left)s was left.",
        step=wording.number(values["step"]),
        support=wording.support(values["score"]),
        left=wording.money(values["left"]),
    )


def _by_moved_support(values: Values, wording: Wording) -> str:
    step, left = wording.number(values["step"]), wording.money(values["left"])
    if values["how"] == "transferred":
        return wording.gettext(
            "At step %(step)s no project had enough support for its cost. This one was nearest, and its supporters gave it what was missing out of their other gifts; afterwards %(left)s was left.",
            step=step,
            left=left,
        )
    return wording.gettext(
        "At step %(step)s no project had enough support any more; this one still fitted into the money. Afterwards %(left)s was left.",
        step=step,
        left=left,
    )


def _paid_together(values: Values, wording: Wording) -> str:
    text = wording.ngettext(
        "%(shown)s supporter paid for it out of an equal share of the budget, at step %(step)s.",
        "%(shown)s supporters paid for it together out of their equal shares, at step %(step)s.",
        values["full"] + values["short"],
        step=wording.number(values["step"]),
    )
    if wording.gives_points or not values["full"]:
        return text
    each = wording.money(int(Decimal(values["full_pays"]).to_integral_value(ROUND_CEILING)))
    return text + " " + wording.gettext("Nobody paid more than %(each)s.", each=each)


def _paid_in_equal_parts(values: Values, wording: Wording) -> str:
    return wording.ngettext(
        "%(shown)s supporter paid all of it, %(each)s, out of an equal share of the budget, at step %(step)s.",
        "%(shown)s supporters paid for it in equal parts of %(each)s out of their equal shares, at step %(step)s.",
        values["payers"],
        each=wording.money(math.ceil(Fraction(values["pays"]))),
        step=wording.number(values["step"]),
    )


def _by_completion(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "It was funded with money that would have been left over, with %(support)s; afterwards %(left)s was left.",
        support=wording.support(values["score"]),
        left=wording.money(values["left"]),
    )


def _in_part(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "It costs %(cost)s and gets %(amount)s: the money ended here.",
        cost=wording.money(values["cost"]),
        amount=wording.money(values["amount"]),
    )


def _too_expensive(values: Values, wording: Wording) -> str:
    if values["cost"] > values["budget"]:
        return _above_the_budget(values, wording)
    return wording.gettext(
        "When it came up, %(left)s was left and it costs %(cost)s.",
        left=wording.money(values["left"]),
        cost=wording.money(values["cost"]),
    )


def _above_the_budget(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "It costs %(cost)s, more than the whole budget of %(budget)s.",
        cost=wording.money(values["cost"]),
        budget=wording.money(values["budget"]),
    )


def _count_ended(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "The count ended before its turn, at %(project)s, which no longer fitted.",
        project=wording.named(values["ended_by"]),
    )


def _below_minimum(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "It got %(support)s; the rules ask for at least %(minimum)s.",
        support=wording.support(values["score"]),
        minimum=wording.number(values["minimum"]),
    )


def _no_support(_values: Values, wording: Wording) -> str:
    return wording.gettext("Nobody chose it.")


def _excluded(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "Only one project of its group could be funded, and that is %(project)s.",
        project=wording.named(values["with"]),
    )


def _over_district(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "When it came up, %(left)s was left of the money of its district, and it costs %(cost)s.",
        left=wording.money(values["district_left"]),
        cost=wording.money(values["cost"]),
    )


def _over_category(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "When it came up, %(left)s could still be spent on “%(category)s”, and it costs %(cost)s.",
        category=wording.label(values["category"]),
        left=wording.money(values["category_left"]),
        cost=wording.money(values["cost"]),
    )


def _lost_tie(values: Values, wording: Wording) -> str:
    if not values["by"]:
        return wording.gettext(
            "It came level with %(projects)s, and the tie order does not say who comes first: here the ids decided. Then %(left)s was left and it costs %(cost)s.",
            projects=", ".join(wording.named(key) for key in values["to"]),
            left=wording.money(values["left"]),
            cost=wording.money(values["cost"]),
        )
    return wording.gettext(
        "It came level with %(projects)s, which the tie order put first (%(by)s). Then %(left)s was left and it costs %(cost)s.",
        projects=", ".join(wording.named(key) for key in values["to"]),
        by=criteria(values["by"], wording),
        left=wording.money(values["left"]),
        cost=wording.money(values["cost"]),
    )


def _supporters_short(values: Values, wording: Wording) -> str:
    if values["cost"] > values["budget"]:
        return _above_the_budget(values, wording)
    held = wording.rounded(values["held"])
    return wording.gettext(
        "%(missing)s was missing: at the end its supporters' shares held %(held)s together and it costs %(cost)s.",
        missing=wording.money(values["cost"] - held),
        held=wording.money(held),
        cost=wording.money(values["cost"]),
    )


def _no_equal_parts(values: Values, wording: Wording) -> str:
    if values["cost"] > values["budget"]:
        return _above_the_budget(values, wording)
    return wording.gettext(
        "No group of its supporters could pay for it in equal parts: at the end their shares held %(held)s together and it costs %(cost)s.",
        held=wording.money(wording.rounded(values["held"])),
        cost=wording.money(values["cost"]),
    )


def _eliminated(values: Values, wording: Wording) -> str:
    return wording.gettext(
        "At step %(step)s no project had enough votes for its cost. This one was furthest from it, so it left, and its votes went on to the next choices.",
        step=wording.number(values["step"]),
    )


def _not_in_optimum(values: Values, wording: Wording) -> str:
    """`with_it` is the best total of a selection with the project; None when there is none."""
    in_money = values["in_money"]
    best = wording.total(values["optimum"], in_money)
    if "with_it" not in values:
        return wording.gettext(
            "The selection of the greatest total, %(best)s, does without it.", best=best
        )
    with_it = values["with_it"]
    if with_it is None:
        return wording.gettext("No selection that keeps all limits can hold it.")
    if with_it < values["optimum"]:
        return wording.gettext(
            "The selection of the greatest total does without it: it reaches %(best)s, and none with this project more than %(with_it)s.",
            best=best,
            with_it=wording.total(with_it, in_money),
        )
    return wording.gettext(
        "A selection with it reaches the greatest total, %(best)s, too; the tie order chose another one (%(by)s).",
        best=best,
        by=criteria(values["by"], wording),
    )


def _withdrawn(_values: Values, wording: Wording) -> str:
    return wording.gettext(
        "It was withdrawn during the vote and could not be funded: the votes for it count for nothing, and the other choices on those ballots count as if it were not there."
    )


def _numbers_withheld(_values: Values, wording: Wording) -> str:
    return wording.gettext(
        "So few people voted in this district that votes and reasons are not published: they would tell how people voted. Auditors see and recount them."
    )


_REASONS: dict[Code, Callable[[Values, Wording], str]] = {
    Code.FUNDED: _funded,
    Code.FUNDED_BY_COMPLETION: _by_completion,
    Code.FUNDED_IN_PART: _in_part,
    Code.TOO_EXPENSIVE: _too_expensive,
    Code.COUNT_ENDED: _count_ended,
    Code.BELOW_MINIMUM: _below_minimum,
    Code.NO_SUPPORT: _no_support,
    Code.EXCLUDED_BY_GROUP: _excluded,
    Code.OVER_DISTRICT_BUDGET: _over_district,
    Code.OVER_CATEGORY_CAP: _over_category,
    Code.LOST_TIE: _lost_tie,
    Code.SUPPORTERS_SHORT: _supporters_short,
    Code.NO_EQUAL_PARTS: _no_equal_parts,
    Code.ELIMINATED: _eliminated,
    Code.NOT_IN_OPTIMUM: _not_in_optimum,
    Code.WITHDRAWN: _withdrawn,
    Code.NUMBERS_WITHHELD: _numbers_withheld,
}
