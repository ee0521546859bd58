"""`add1`: repeat equal shares with greater and greater endowments, without counting every one.

Two counts with the same purchases often show that every count between them is the same, too:
`between` says when. Where it cannot be shown, another count is made between the two, at the
endowment where the change is expected if prices were straight lines, or halfway; down to
neighbouring steps, between which there is nothing to show. What was shown of the first purchases
holds for all endowments inside: their counts follow it without looking at other projects.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from tallying.errors import UnresolvedTie
from tallying.rules.between import HALF, Between
from tallying.rules.market import Guide, Market, Stall, decimal_text
from tallying.rules.rule import Contest, Selection
from tallying.ties import Tie

PATIENCE = 4
"""Every so many counts, the next is made halfway, whatever is expected."""


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
        width, tries, wide = 1, 0, 1
        while reached.ended is None:
            if not ahead:
                ahead.append(self._count(reached.raises + width))
                tries, wide = 0, width
                width *= 3
            following = ahead[-1]
            gap = following.raises - reached.raises
            if gap > 1:
                between = Between(reached.market, following.market)
                if not _same(reached, following, between.shown):
                    if len(ahead) == 1 and not tries:
                        width = max(1, width // 3)
                    if 2 * gap <= wide:
                        tries, wide = 0, gap
                    tries += 1
                    turn = between.turn if tries % PATIENCE else HALF
                    inner = reached.raises + min(max(1, int(turn * gap)), gap - 1)
                    ahead.append(self._count(inner, Guide(following.market, between.shown)))
                    continue
            self._reach(following)
            if following.ended == "overrun":
                return reached, following.ended
            reached = ahead.pop()
        return reached, reached.ended

    def _count(self, raises: int, guide: Guide | None = None) -> _Count:
        self.runs += 1
        endowment = self._first + raises * self._step
        market = Market(self._stall, endowment, guide, traced=True)
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


def _same(lower: _Count, upper: _Count, shown: int) -> bool:
    """Whether all counts between the two are the same, as far as that was shown."""
    whole = len(lower.market.purchases) == len(upper.market.purchases) == shown
    return whole and lower.ended is None and upper.ended is None and upper.refused is None
