"""`add1` and `add-opt` for exact equal shares: greater endowments, without counting every one.

Both go from one endowment at which the outcome can change to the next; `add1` only to whole
steps, where the result is the same as if every step were counted.
Kraiczy, Robinson and Elkind 2025, "Streamlining Equal Shares", section 6.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from tallying.rules.even_changes import Changes
from tallying.rules.even_market import EvenMarket
from tallying.rules.market import decimal_text
from tallying.rules.rule import Completion, Contest
from tallying.ties import Tie


@dataclass(frozen=True)
class Raised:
    """The last run within the budget, how it came to it, and the ties met on the way."""

    market: EvenMarket
    ties: tuple[Tie, ...]
    account: dict[str, object]


def raise_evenly(contest: Contest) -> Raised:
    """Repeat the run with greater endowments, until the first overrun.

    It also ends when every supported project is funded or shut out, or, if `exhaustive`, when no
    supported project fits into what is left. Raises `UnresolvedTie`.
    """
    major = 10**contest.election.minor_digits
    first = Fraction(contest.election.budget, max(1, contest.profile.total))
    if contest.parameters["integral"]:
        first = Fraction(first // major * major)
    step = contest.parameters["step"] * major
    met: dict[tuple[object, ...], Tie] = {}
    kept, raises = EvenMarket(contest, first).run(), 0
    _remember(met, kept, raises)
    while (ended := _ended(contest, kept)) is None:
        change = kept.endowment + Changes(kept).least()
        if contest.completion is Completion.ADD_OPT:
            before, share, following = kept.endowment, change, raises + 1
        else:
            following = ceil((change - first) / step)
            before, share = first + (following - 1) * step, first + following * step
        trial = EvenMarket(contest, share).run()
        _remember(met, trial, following)
        if trial.overrun:
            kept, raises, ended = EvenMarket(contest, before).run(), following - 1, "overrun"
            break
        kept, raises = trial, following
    account = {
        "raises": raises,
        "first_share": decimal_text(first),
        "share": decimal_text(kept.endowment),
        "ended": ended,
    }
    return Raised(kept, tuple(met.values()), account)


def _remember(met: dict[tuple[object, ...], Tie], market: EvenMarket, raises: int) -> None:
    """Keep each tie once, as it was first met."""
    for tie in market.decisions.ties:
        met.setdefault((tie.projects, tie.decided_by, tie.open), replace(tie, raises=raises))


def _ended(contest: Contest, market: EvenMarket) -> str | None:
    """Why no greater endowment is tried, or None."""
    if not market.unfunded:
        return "all_funded"
    left = market.decisions.room.left
    if contest.parameters["exhaustive"] and all(
        market.projects[position].cost > left for position in market.unfunded
    ):
        return "exhaustive"
    return None
