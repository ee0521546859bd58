"""What two runs of equal shares show of all endowments between theirs.

For a fixed sequence of purchases, more endowment leaves every voter at least as much after each
of them, and no price is higher. By induction: with m' ≥ m before a purchase, the price at which
Σ min(m', ρu) reaches the cost is ρ' ≤ ρ, and m' − min(m', ρ'u) = max(0, m' − ρ'u) ≥ max(0, m − ρu).

Take endowments e < e' at which the same project was bought first, the same second, and so on, up
to some purchase, and any x between them. Suppose that at x the purchases before it were the same,
too. Its price at x is at most that at e; that of every other project that is still possible is at
least its price at e', and what its supporters cannot pay at e' they cannot pay at x. So where
each other price at e' is above the chosen one at e, the chosen one is strictly the least at x, and
no tie is met. Several projects that tie at both ends at one and the same price tie at x, too: each
price lies between its values at the ends.

Near-parallel prices are told apart by their slopes. Along the fixed sequence, what a voter holds
and what a project costs are piecewise linear in x. Let Z(x) be the supporters of a project who
hold nothing after buying it; by the above Z(e') ⊆ Z(x) ⊆ Z(e). Where Σ_Z m + ρ · Σ_not Z u = c
has a slope, it is ρ′ = −Σ_Z m′ / Σ_not Z u. So with l ≤ m′ ≤ h for each voter, all ≥ 0 and 1 at
the start,

    a = Σ_Z(e') l / Σ_not Z(e') u  ≤  −ρ′  ≤  b = Σ_Z(e) h / Σ_not Z(e) u,

and after the purchase m′ ≥ l + a·u for those with money at e, m′ ≤ h + b·u for those with money at
e', and m′ ≥ 0, or m′ = 0, for the others. For a rival q of the purchase p, the difference
D = ρ_q − ρ_p then has slopes between α = a_p − b_q and β = b_p − a_q. It stays above 0 if it is so
at both ends and α ≥ 0, or β ≤ 0, or D(e)/−α + D(e')/β > e' − e: coming down from the left it would
reach 0 too late to rise to its value on the right. Without a price of q at e, the right side alone
must be enough.

Slopes are sums, products and quotients of non-negative floats, so each has a relative error below
(N + 8) · 2⁻⁵² for each purchase so far, N being the number of ballots; `_margin` is twice that.
Prices are bounded as `purses` proves.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import inf

import numpy as np

from tallying.profile import Integers
from tallying.rules.ledger import Backing, Floats
from tallying.rules.market import Market
from tallying.rules.purses import NEAR, ROUNDING, Marks, least_price

SLOPE = 1.0 + 2.0**-30
"""By how much an upper bound of a rival's price may exceed the lower one."""

STEEPEST = 1e100
"""Greater slopes are not followed, so that none overflows."""

HALF = 0.5


class Between:
    """The purchases that two runs of a contest share, replayed side by side.

    `shown` first purchases are the same at every endowment between the two; where it is not all,
    `turn` estimates at what share of the way the next one changes.
    """

    def __init__(self, lower: Market, upper: Market) -> None:
        self._lower, self._upper, self._stall = lower, upper, lower.stall
        self._width = float(upper.endowment - lower.endowment) * NEAR
        self._replay: _Replay | None = None
        self.turn = HALF
        self.shown = self._show()

    def _show(self) -> int:
        lower, upper = self._lower.purchases, self._upper.purchases
        for step, (low, high) in enumerate(zip(lower, upper, strict=False)):
            if low.position != high.position:
                self.turn = self._change(step, low.position, high.position)
                return step
            if low.tied != high.tied or not (len(low.tied) == 1 or low.rho == high.rho):
                return step
            if high.rival <= float(low.rho) * NEAR and not self._apart(step):
                return step
        step = min(len(lower), len(upper))
        if len(upper) > step:
            self.turn = self._change(step, None, upper[step].position)
        return step

    def _at(self, step: int) -> "_Replay":
        """Both runs before a purchase."""
        if self._replay is None:
            self._replay = _Replay(self._lower, self._upper)
        while self._replay.step < step:
            self._replay.advance()
        return self._replay

    def _apart(self, step: int) -> bool:
        """Whether no rival of a purchase comes down to its price anywhere between."""
        low, high = self._lower.purchases[step], self._upper.purchases[step]
        bounds = self._upper.bounds[step] * self._stall.per_rho
        near = np.flatnonzero(bounds <= float(low.rho) * NEAR).tolist()
        return all(
            self._stays_above(step, rival, low.rho, high.rho)
            for rival in near
            if rival not in low.tied
        )

    def _stays_above(self, step: int, rival: int, low: Fraction, high: Fraction) -> bool:
        """Whether the rival of a purchase at these prices never costs as little."""
        replay = self._at(step)
        offer, bounds = replay.offer(rival), self._upper.bounds[step]
        bounds[rival] = max(bounds[rival], offer.high)
        scale = self._stall.scales[rival]
        highest = offer.high / scale / NEAR
        if highest > float(low) * NEAR:
            return True
        right = highest - float(high) * NEAR
        if right <= 0:
            return False
        flattest, steepest = replay.chosen_slopes()
        own, margin = self._stall.scales[self._lower.purchases[step].position], replay.margin
        up = steepest / own * (1 + margin) - offer.flattest / scale * (1 - margin)
        time_right = right / up / NEAR if up > 0 else inf
        if offer.low is None:
            return time_right > self._width
        left = offer.low / scale / NEAR - float(low) * NEAR
        if left <= 0:
            return False
        down = offer.steepest / scale * (1 + margin) - flattest / own * (1 - margin)
        time_left = left / down / NEAR if down > 0 else inf
        return time_left + time_right > self._width

    def _change(self, step: int, before: int | None, after: int) -> float:
        """Where on the way the project bought at a step changes, taking prices as straight."""
        lower, upper = self._lower, self._upper
        known, scales = lower.bounds[step] if step < len(lower.bounds) else None, self._stall.scales
        if before is None or known is None or known[after] == inf:
            missing, over = self._at(step).missing(after)
            return missing / (missing + over) if missing + over > 0 else HALF
        left = float(known[after]) / scales[after] - float(lower.purchases[step].rho)
        highest = float(upper.bounds[step][before])
        right = highest / scales[before] - float(upper.purchases[step].rho)
        return left / (left + right) if left > 0 and 0 <= right < inf else HALF


@dataclass(frozen=True)
class _Offer:
    """A project's price per unit at both ends, from below, and its slopes (without sign) from
    below and above; `low` is None where its supporters may not be able to pay at e."""

    low: float | None
    high: float
    flattest: float = 0.0
    steepest: float = inf


class _Replay:
    """What voters hold at both ends before a purchase, and the slopes between.

    `state` has the shape (ballots, 4): the money at e and at e', and the least and the greatest
    slope of the money between. `dropped`, shape (ballots, 2), as in `Purses`.
    """

    def __init__(self, lower: Market, upper: Market) -> None:
        self._ends, self._ledger = (lower, upper), lower.stall.ledger
        self._most = float(upper.endowment)
        self._projects = lower.projects
        ballots = len(self._ledger.weights)
        self.step = 0
        self.state: Floats = np.empty((ballots, 4))
        self.state[:] = (float(lower.endowment), self._most, 1.0, 1.0)
        self.dropped: Integers = np.stack((lower.purses.dropped, upper.purses.dropped), axis=1)
        self._chosen: tuple[float, float] | None = None
        self._lost = False
        """Whether a price was met whose slope has no bound: nothing is said of later ones."""

    @property
    def margin(self) -> float:
        """Of the slopes, relative."""
        return (len(self.state) + 8) * (self.step + 2) * 4 * ROUNDING

    @property
    def _slip(self) -> float:
        return (4 * self.step + 16) * ROUNDING * self._most

    def chosen_slopes(self) -> tuple[float, float]:
        """How steeply the price of the next purchase falls, at least and at most."""
        if self._chosen is None:
            backing = self._backing()
            out = self.dropped.take(backing.ballots, axis=0) <= self.step
            least, most = self.state.take(backing.ballots, axis=0)[:, 2:].T
            self._chosen = self._slopes(backing, least, out[:, 1], most, out[:, 0])
        return self._chosen

    def _backing(self) -> Backing:
        return self._ledger.backings[self._ends[0].purchases[self.step].position]

    def advance(self) -> None:
        """Buy what is bought next."""
        backing = self._backing()
        out = self.dropped.take(backing.ballots, axis=0) <= self.step
        rows = self.state.take(backing.ballots, axis=0)
        flattest, steepest = self.chosen_slopes()
        low, high = (float(end.purchases[self.step].per_unit) for end in self._ends)
        if steepest == inf:
            self._lost, steepest = True, 0.0
        change = np.array((-low, -high, flattest, steepest))
        rows += change if backing.units is None else backing.units[:, None] * change
        rows *= np.concatenate((~out, ~out), axis=1)
        self.state[backing.ballots] = rows
        self._chosen = None
        self.step += 1

    def offer(self, position: int) -> _Offer:
        """The price of a project before this purchase."""
        backing = self._ledger.backings[position]
        cost = self._projects[position].cost
        low_money, high_money, least, most = self.state.take(backing.ballots, axis=0).T
        high = self._price(backing, high_money, cost)
        if high is None:
            return _Offer(None, inf)
        out = high_money < backing.least_money(high) - 2 * self._slip
        out |= self.dropped[:, 1].take(backing.ballots) < self.step
        low = self._price(backing, low_money, cost)
        if low is None or not self._enough(backing, low_money, cost, low * SLOPE):
            return _Offer(None, high, self._slopes(backing, least, out, most, out)[0])
        out_low = low_money <= backing.least_money(low * SLOPE) + 2 * self._slip
        return _Offer(low, high, *self._slopes(backing, least, out, most, out_low))

    def _slopes(
        self, backing: Backing, least: Floats, out_high: Marks, most: Floats, out_low: Marks
    ) -> tuple[float, float]:
        """How steeply a price falls, at least and at most."""
        flattest, steepest = _slope(backing, least, out_high), _slope(backing, most, out_low)
        if self._lost or flattest is None or steepest is None or steepest > STEEPEST:
            return 0.0, inf
        return flattest, steepest

    def _price(self, backing: Backing, money: Floats, cost: int) -> float | None:
        """A lower bound of the price; None where the supporters surely cannot pay."""
        amounts = backing.weights * money
        together = float(amounts.sum())
        relative, slack = self._errors(backing, cost)
        if together < cost - slack:
            return None
        return least_price(backing, money, amounts, cost - slack, relative)

    def _enough(self, backing: Backing, money: Floats, cost: int, price: float) -> bool:
        """Whether supporters surely pay the cost at a price per unit."""
        paid = np.minimum(money, backing.least_money(price)) @ backing.weights
        return float(paid) >= cost + self._errors(backing, cost)[1]

    def _errors(self, backing: Backing, cost: int) -> tuple[float, float]:
        relative = (len(backing.ballots) + 4 * self.step + 16) * 4 * ROUNDING
        return relative, relative * (cost + 2 * self._most * backing.voters)

    def missing(self, position: int) -> tuple[float, float]:
        """What its supporters lack at e, and what they have too much at e'."""
        backing, cost = self._ledger.backings[position], self._projects[position].cost
        low, high = backing.weights @ self.state.take(backing.ballots, axis=0)[:, :2]
        return max(0.0, cost - float(low)), max(0.0, float(high) - cost)


def _slope(backing: Backing, slopes: Floats, out: Marks) -> float | None:
    """How steeply a price falls when those who are `out` gain money at these slopes; None when
    nobody else pays."""
    gain = float(backing.gains @ ~out)
    return float(backing.weights @ (slopes * out)) / gain if gain else None
