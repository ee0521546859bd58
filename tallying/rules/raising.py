"""`add1`: repeat equal shares with greater and greater endowments, without counting every one.

For a fixed sequence of purchases, more endowment leaves every voter at least as much after each
of them, and no price is higher. By induction: with m' ≥ m before a purchase, the price at which
Σ min(m', ρu) reaches the cost is ρ' ≤ ρ, and m' − min(m', ρ'u) = max(0, m' − ρ'u) ≥ max(0, m − ρu).

So take two endowments e < e' at which the same projects are bought in the same order, none beyond
the budget, and any x between them. Suppose that at x the first purchases were the same, too. The
price of the next one is at x at most its price at e; of every other project that is still
possible it is at least its price at e', and whatever its supporters cannot pay at e' they cannot
pay at x. If at each step the price of every other project at e' is above the price of the chosen
one at e, then it is strictly the least at x, too: no other order and no tie is possible between e
and e', and none of those counts needs to be made. The same holds where several projects tie at
both ends at one and the same price: each price at x lies between its values at the ends, so they
tie at x, and the order of ties puts the same one first.

Where this cannot be shown, the interval is halved, the smaller endowments first, down to
neighbouring steps, between which there is nothing to show. What was shown of the first purchases
holds for all endowments inside: their counts follow it without looking at other projects.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from tallying.errors import UnresolvedTie
from tallying.rules.market import Market, Scripted, Stall, decimal_text
from tallying.rules.purses import NEAR
from tallying.rules.rule import Contest, Selection
from tallying.ties import Tie


def raise_endowments(contest: Contest) -> Selection:
    """Repeat the count with greater endowments, and keep the last that stays within the budget.

    It ends at the first overrun, when every supported project is funded, or, if `exhaustive`,
    when no supported project fits into what is left. Raises `UnresolvedTie`.
    """
    return Raising(contest).selection()


@dataclass(frozen=True)
class _Count:
    """The count after some raises; `ended` says why no greater endowment is tried, if so.

    `refused` is the tie that a count was refused for: it only matters if the raises get there.
    """

    raises: int
    market: Market
    ended: str | None
    refused: UnresolvedTie | None = None


class Raising:
    """All the counts of one contest that are made; `runs` says how many."""

    def __init__(self, contest: Contest) -> None:
        self._contest = contest
        self._stall = Stall(contest)
        major = 10**contest.election.minor_digits
        share = Fraction(contest.election.budget, max(1, contest.profile.total))
        self._first = Fraction(share // major * major) if contest.parameters["integral"] else share
        self._step = contest.parameters["step"] * major
        self._met: dict[tuple[object, ...], Tie] = {}
        self.runs = 0

    def selection(self) -> Selection:
        """The last outcome before the end; raises `UnresolvedTie`."""
        kept, ended = self._last()
        account = {
            "raises": kept.raises,
            "first_share": decimal_text(self._first),
            "share": decimal_text(kept.market.endowment),
            "ended": ended,
        }
        return replace(
            kept.market.selection(), ties=tuple(self._met.values()), completion={"add1": account}
        )

    def _last(self) -> tuple[_Count, str]:
        """The count that is kept, and why no greater endowment is."""
        reached = self._count(0)
        self._reach(reached)
        ahead: list[_Count] = []
        width = 1
        while reached.ended is None:
            if not ahead:
                ahead.append(self._count(reached.raises + width))
                width *= 2
            following = ahead[-1]
            shown = _shown(reached.market, following.market)
            gap = following.raises - reached.raises
            if gap > 1 and not _same(reached, following, shown):
                script = _script(following.market, shown)
                ahead.append(self._count(reached.raises + gap // 2, script))
                continue
            self._reach(following)
            if following.ended == "overrun":
                return reached, following.ended
            reached = ahead.pop()
        return reached, reached.ended

    def _count(self, raises: int, script: tuple[Scripted, ...] = ()) -> _Count:
        self.runs += 1
        endowment = self._first + raises * self._step
        market = Market(self._stall, endowment, script, with_rivals=True)
        try:
            market.run()
        except UnresolvedTie as refused:
            return _Count(raises, market, None, refused)
        return _Count(raises, market, self._ended(market))

    def _reach(self, count: _Count) -> None:
        """Keep each tie of a count once, as it was first met; raises the one it was refused for."""
        for tie in count.market.ties:
            key = (tie.projects, tie.decided_by, tie.open)
            self._met.setdefault(key, replace(tie, raises=count.raises))
        if count.refused is not None:
            raise count.refused

    def _ended(self, market: Market) -> str | None:
        if market.overrun:
            return "overrun"
        waiting = market.unfunded
        if not waiting:
            return "all_funded"
        left = market.room.left
        if self._contest.parameters["exhaustive"] and all(p.cost > left for p in waiting):
            return "exhaustive"
        return None


def _shown(lower: Market, upper: Market) -> int:
    """How many first purchases are the same at every endowment between two that were counted."""
    for number, (low, high) in enumerate(zip(lower.purchases, upper.purchases, strict=False)):
        level = len(low.tied) == 1 or low.rho == high.rho
        if low.position != high.position or low.tied != high.tied or not level:
            return number
        if high.rival <= float(low.rho) * NEAR:
            return number
    return min(len(lower.purchases), len(upper.purchases))


def _same(lower: _Count, upper: _Count, shown: int) -> bool:
    """Whether all counts between the two are the same, as far as that was shown."""
    whole = len(lower.market.purchases) == len(upper.market.purchases) == shown
    return whole and lower.ended is None and upper.ended is None and upper.refused is None


def _script(upper: Market, shown: int) -> tuple[Scripted, ...]:
    """The purchases that were shown, with lower bounds of their prices at lower endowments."""
    return tuple(
        Scripted(purchase.position, float(purchase.per_unit) / NEAR, purchase.tied)
        for purchase in upper.purchases[:shown]
    )
