"""How a count begins under its rule, and which of two outcomes was taken."""

from collections.abc import Callable, Mapping
from typing import Any

from tallying.rules import find
from tallying.wording.wording import Wording

Document = Mapping[str, Any]
"""An outcome's JSON, of the schema `tallying.outcome/1`."""


def beginning(outcome: Document, wording: Wording) -> str:
    """How the count begins: a sentence with this count's figures, else the rule's description."""
    rule = outcome["rule"]["rule"]
    told = _BEGINNINGS.get(rule)
    return told(outcome, wording) if told else find(rule).description[wording.language]


def _greedy(outcome: Document, wording: Wording) -> str:
    if outcome["rule"]["parameters"].get("order") == "score_per_cost":
        return wording.gettext(
            "The project with the most votes for its cost comes first, then the next."
        )
    return wording.gettext("The project with the most votes comes first, then the next.")


def _equal_shares(outcome: Document, wording: Wording) -> str:
    """What each voter may spend at first, and after the shares were raised."""
    ballots = outcome["counts"]["ballots"]
    shared = wording.ngettext(
        "The budget of %(budget)s is for one voter.",
        "The budget of %(budget)s is shared equally among %(shown)s voters: %(share)s each.",
        ballots,
        budget=wording.money(outcome["budget"]),
        share=wording.money(outcome["budget"] // max(1, ballots)),
    )
    account = outcome["completion"].get("add1") or outcome["completion"].get("add_opt")
    if not account or not account["raises"]:
        return shared
    raised = wording.gettext(
        "Money would have been left over, so the shares were raised step by step, %(raises)s times, up to %(share)s each, as long as the budget was enough.",
        raises=wording.number(account["raises"]),
        share=wording.money(int(str(account["share"]).partition(".")[0])),
    )
    return f"{shared} {raised}"


def _shared_out(outcome: Document, wording: Wording) -> str:
    """The rule in its own words, then what each voter may spend."""
    described = find(outcome["rule"]["rule"]).description[wording.language]
    return f"{described} {_equal_shares(outcome, wording)}"


_BEGINNINGS: Mapping[str, Callable[[Document, Wording], str]] = {
    "greedy": _greedy,
    "equal-shares": _equal_shares,
    "exact-equal-shares": _shared_out,
    "bounded-overspending": _shared_out,
}


def comparison(outcome: Document, wording: Wording) -> str:
    """Which of two outcomes was taken, where the rule compares them; else empty."""
    account = outcome["completion"].get("compare")
    if not account:
        return ""
    here = wording.number(account["higher_with_equal_shares"])
    there = wording.number(account["higher_with_greedy"])
    if account["chosen"] == "greedy":
        return wording.gettext(
            "Two outcomes were compared: %(there)s voters gain more when the most voted come first, %(here)s with equal shares. So the most voted came first.",
            here=here,
            there=there,
        )
    return wording.gettext(
        "Two outcomes were compared: %(here)s voters gain more with equal shares, %(there)s when the most voted come first. So equal shares it is.",
        here=here,
        there=there,
    )
