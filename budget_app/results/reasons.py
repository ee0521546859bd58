"""The words for a verdict: one reason in plain sentences for every code of the count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from budget_app.presentation import money, number
from budget_app.translation import gettext as _
from budget_app.translation import ngettext
from tallying.codes import Code
from tallying.explanation import Explanation

Names = Mapping[str, str]
"""Project id → name in the page's language."""

POINTS = frozenset({"ranked", "points", "score"})
"""Ballot styles whose ballots give points rather than votes."""


@dataclass(frozen=True)
class Wording:
    """What sentences need beside the explanation."""

    names: Names
    style: str
    minor_digits: int = 2

    def rounded(self, minor: int) -> int:
        """An amount for reading: a large one without cents, rounded down."""
        major: int = 10**self.minor_digits
        return minor // major * major if minor >= 100 * major else minor

    def named(self, key: str) -> str:
        return _("“%(name)s”", name=self.names.get(key, key))

    def support(self, score: int) -> str:
        """“412 votes”, or “1,204 points”."""
        if self.style in POINTS:
            return ngettext("%(shown)s point", "%(shown)s points", score, shown=number(score))
        return ngettext("%(shown)s vote", "%(shown)s votes", score, shown=number(score))

    def further(self, more: int, unit: str) -> str:
        """“412 more votes”."""
        if unit == "votes":
            return ngettext("%(shown)s more vote", "%(shown)s more votes", more, shown=number(more))
        return ngettext("%(shown)s more point", "%(shown)s more points", more, shown=number(more))


def reason(explanation: Explanation, wording: Wording) -> str:
    """Why the project is funded or not, in one or two sentences."""
    return _REASONS[explanation.code](explanation.values, wording)


def margin(explanation: Explanation, wording: Wording, others: int) -> str:
    """How many more votes it needed; empty where nothing is known.

    `others` voted in its district without choosing it: a bound above their number, which may be
    far from the true one, would only mislead.
    """
    values = explanation.values
    if explanation.verdict == "funded" or "more" not in values:
        return ""
    if values["more"] is None:
        return _("No number of further votes would have been enough.")
    more = values["more"]
    further = wording.further(more, values["unit"])
    if values["exact"]:
        return _("It needed %(further)s.", further=further)
    if values["unit"] != "votes":
        return _(
            "With %(further)s it would surely have been funded, perhaps with fewer.",
            further=further,
        )
    if more > others:
        return ""
    return ngettext(
        "If %(shown)s more person had voted for it alone, it would surely have been funded.",
        "If %(shown)s more people had voted for it alone, it would surely have been funded; perhaps fewer would have been enough.",
        more,
        shown=number(more),
    )


def _funded(values: Mapping[str, Any], wording: Wording) -> str:
    if "full" in values:
        return _paid_together(values, wording)
    return _(
        "It came up at step %(step)s with %(support)s; afterwards %(left)s was left.",
        step=number(values["step"]),
        support=wording.support(values["score"]),
        left=money(values["left"]),
    )


def _paid_together(values: Mapping[str, Any], wording: Wording) -> str:
    payers = values["full"] + values["short"]
    text = ngettext(
        "%(shown)s supporter paid for it out of an equal share of the budget, at step %(step)s.",
        "%(shown)s supporters paid for it together out of their equal shares, at step %(step)s.",
        payers,
        shown=number(payers),
        step=number(values["step"]),
    )
    if wording.style in POINTS or not values["full"]:
        return text
    each = money(int(Decimal(values["full_pays"]).to_integral_value(ROUND_CEILING)))
    return text + " " + _("Nobody paid more than %(each)s.", each=each)


def _by_completion(values: Mapping[str, Any], wording: Wording) -> str:
    return _(
        "It was funded with money left over by the shares, with %(support)s; afterwards %(left)s was left.",
        support=wording.support(values["score"]),
        left=money(values["left"]),
    )


def _in_part(values: Mapping[str, Any], _wording: Wording) -> str:
    return _(
        "It costs %(cost)s and gets %(amount)s: the money ended here.",
        cost=money(values["cost"]),
        amount=money(values["amount"]),
    )


def _too_expensive(values: Mapping[str, Any], _wording: Wording) -> str:
    if values["cost"] > values["budget"]:
        return _(
            "It costs %(cost)s, more than the whole budget of %(budget)s.",
            cost=money(values["cost"]),
            budget=money(values["budget"]),
        )
    return _(
        "When it came up, %(left)s was left and it costs %(cost)s.",
        left=money(values["left"]),
        cost=money(values["cost"]),
    )


def _count_ended(values: Mapping[str, Any], wording: Wording) -> str:
    return _(
        "The count ended before its turn, at %(project)s, which no longer fitted.",
        project=wording.named(values["ended_by"]),
    )


def _below_minimum(values: Mapping[str, Any], wording: Wording) -> str:
    return _(
        "It got %(support)s; the rules ask for at least %(minimum)s.",
        support=wording.support(values["score"]),
        minimum=number(values["minimum"]),
    )


def _no_support(_values: Mapping[str, Any], _wording: Wording) -> str:
    return _("Nobody chose it.")


def _excluded(values: Mapping[str, Any], wording: Wording) -> str:
    return _(
        "Only one project of its group could be funded, and that is %(project)s.",
        project=wording.named(values["with"]),
    )


def _over_district_budget(values: Mapping[str, Any], _wording: Wording) -> str:
    return _(
        "When it came up, %(left)s was left of the money of its district, and it costs %(cost)s.",
        left=money(values["district_left"]),
        cost=money(values["cost"]),
    )


def _over_category_cap(values: Mapping[str, Any], _wording: Wording) -> str:
    return _(
        "When it came up, %(left)s could still be spent on “%(category)s”, and it costs %(cost)s.",
        left=money(values["category_left"]),
        category=values["category"],
        cost=money(values["cost"]),
    )


def _lost_tie(values: Mapping[str, Any], wording: Wording) -> str:
    return _(
        "It came level with %(projects)s, which the tie order put first (%(by)s). Then %(left)s was left and it costs %(cost)s.",
        projects=", ".join(wording.named(key) for key in values["to"]),
        by=", ".join(criterion(name) for name in values["by"]),
        left=money(values["left"]),
        cost=money(values["cost"]),
    )


def _supporters_short(values: Mapping[str, Any], wording: Wording) -> str:
    if values["cost"] > values["budget"]:
        return _too_expensive(values, wording)
    held = wording.rounded(values["held"])
    return _(
        "%(missing)s was missing: at the end its supporters' shares held %(held)s together and it costs %(cost)s.",
        missing=money(values["cost"] - held),
        held=money(held),
        cost=money(values["cost"]),
    )


def criterion(name: str) -> str:
    """What a tie was decided by."""
    words = {
        "more_votes": _("more votes"),
        "lower_cost": _("the lower cost"),
        "higher_cost": _("the higher cost"),
        "lots": _("lots drawn in public before the vote"),
        "seed": _("a seed drawn in public after the vote"),
    }
    return words[name]


_REASONS: dict[Code, Callable[[Mapping[str, Any], Wording], str]] = {
    Code.FUNDED: _funded,
    Code.FUNDED_BY_COMPLETION: _by_completion,
    Code.FUNDED_IN_PART: _in_part,
    Code.TOO_EXPENSIVE: _too_expensive,
    Code.COUNT_ENDED: _count_ended,
    Code.BELOW_MINIMUM: _below_minimum,
    Code.NO_SUPPORT: _no_support,
    Code.EXCLUDED_BY_GROUP: _excluded,
    Code.OVER_DISTRICT_BUDGET: _over_district_budget,
    Code.OVER_CATEGORY_CAP: _over_category_cap,
    Code.LOST_TIE: _lost_tie,
    Code.SUPPORTERS_SHORT: _supporters_short,
}
