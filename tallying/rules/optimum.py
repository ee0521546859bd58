"""Zero-one knapsacks with several limits, solved and proved in whole numbers.

Prices of the limits give a bound on every selection (Lagrange): with y ≥ 0 the score of a selection
is at most Σ y·slack + Σ max(0, gain), where an item's gain is its score less the price of what it
uses. Leaving out an item of positive gain, taking one of negative gain, and every unit of slack
that stays unused loses something against that bound, and the losses add up. So all selections that
lose at most a given amount are found by going through the items one after the other, keeping for
each amount of slack the least loss (dynamic programming); items whose gain alone exceeds the amount
are settled beforehand. Whatever the prices are, what is found is exact: good prices only make the
search short.

The reduction by gains follows Ingargiola, Korsh 1973, "Reduction algorithm for zero-one single
knapsack problems".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tallying.errors import NotProved

Slacks = tuple[int, ...]
"""What is left of each limit; 0 once no open item uses it."""


@dataclass(frozen=True)
class Limit:
    """Σ weights · taken ≤ slack; the weights of a lower limit are negative, and so is its slack."""

    slack: int
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """Items by position, with scores ≥ 0; the first limit is the budget."""

    scores: tuple[int, ...]
    limits: tuple[Limit, ...]

    def with_item(self, position: int) -> "Problem":
        """What remains to be chosen once an item is taken."""
        others = [p for p in range(len(self.scores)) if p != position]
        return Problem(
            tuple(self.scores[p] for p in others),
            tuple(
                Limit(
                    limit.slack - limit.weights[position], tuple(limit.weights[p] for p in others)
                )
                for limit in self.limits
            ),
        )


@dataclass(frozen=True)
class Prices:
    """What a unit of each limit is worth, in 1/`scale` units of score; none is negative."""

    scale: int
    of: tuple[int, ...]


class Search:
    """All selections that lose at most `loss` against the bound of the prices.

    `layers[i]` holds, after the first i open items, each reachable combination of slacks with the
    least loss. Raises `NotProved` beyond `most_states` of them.
    """

    def __init__(self, losses: "Losses", loss: int, most_states: int) -> None:
        self.losses, self.loss = losses, loss
        gains = losses.gains
        self.taken = [p for p, gain in enumerate(gains) if gain > loss]
        self.open = [p for p, gain in enumerate(gains) if abs(gain) <= loss]
        self._uses = [losses.uses[position] for position in self.open]
        self._set_reaches()
        self.layers: list[dict[Slacks, int]] = [dict(self._beginning())]
        states = 0
        for place in range(len(self.open)):
            layer: dict[Slacks, int] = {}
            for slacks, lost in self.layers[-1].items():
                for take in (False, True):
                    step = self.step(place, slacks, lost, take)
                    if step is not None and step[1] <= layer.get(step[0], step[1]):
                        layer[step[0]] = step[1]
            self.layers.append(layer)
            states += len(layer)
            if states > most_states:
                raise NotProved(f"more than {most_states} combinations would have to be looked at")

    @property
    def least(self) -> int | None:
        """The least loss of all selections found; None when there are none."""
        return min(self.layers[-1].values(), default=None)

    def score(self) -> int:
        """The greatest score of all selections found."""
        return (self.losses.bound - min(self.layers[-1].values())) // self.losses.prices.scale

    def _set_reaches(self) -> None:
        """By place and limit: by how much later open items can still raise its slack."""
        count = len(self.losses.problem.limits)
        self._last = [-1] * count
        reach = [0] * count
        self._reach: list[tuple[int, ...]] = [tuple(reach)]
        for place in reversed(range(len(self.open))):
            for limit, weight in self._uses[place]:
                self._last[limit] = max(self._last[limit], place)
                reach[limit] += max(0, -weight)
            self._reach.append(tuple(reach))
        self._reach.reverse()

    def _beginning(self) -> Iterator[tuple[Slacks, int]]:
        limits, prices = self.losses.problem.limits, self.losses.prices
        slacks = [limit.slack - sum(limit.weights[p] for p in self.taken) for limit in limits]
        if any(slack + reach < 0 for slack, reach in zip(slacks, self._reach[0], strict=True)):
            return
        lost = 0
        for limit, last in enumerate(self._last):
            if last < 0:
                lost += prices.of[limit] * slacks[limit]
                slacks[limit] = 0
        if lost <= self.loss:
            yield tuple(slacks), lost

    def step(self, place: int, slacks: Slacks, lost: int, take: bool) -> tuple[Slacks, int] | None:
        """Take or leave the open item at a place; None when that breaks a limit or loses too much."""
        gain = self.losses.gains[self.open[place]]
        lost += max(0, -gain if take else gain)
        if lost > self.loss:
            return None
        left, reach = list(slacks), self._reach[place + 1]
        for limit, weight in self._uses[place]:
            if take:
                left[limit] -= weight
            if left[limit] + reach[limit] < 0:
                return None
            if self._last[limit] == place:
                lost += self.losses.prices.of[limit] * left[limit]
                left[limit] = 0
        return None if lost > self.loss else (tuple(left), lost)


class Losses:
    """What each item gains, and the bound, under given prices."""

    def __init__(self, problem: Problem, prices: Prices) -> None:
        self.problem, self.prices = problem, prices
        self.uses = [
            [(k, limit.weights[p]) for k, limit in enumerate(problem.limits) if limit.weights[p]]
            for p in range(len(problem.scores))
        ]
        self.gains = [
            prices.scale * score - sum(prices.of[limit] * weight for limit, weight in uses)
            for score, uses in zip(problem.scores, self.uses, strict=True)
        ]
        values = [y * limit.slack for y, limit in zip(prices.of, problem.limits, strict=True)]
        self.bound = sum(values) + sum(gain for gain in self.gains if gain > 0)

    def search(self, most_states: int) -> Search | None:
        """The search that finds exactly the selections of greatest score; None if there are none.

        The loss allowed is doubled until something is found, at the latest what a plain filling
        loses, or what the worst selection can lose. Raises `NotProved`.
        """
        filled = self._filled()
        enough = self._most_loss() if filled is None else self.bound - self.prices.scale * filled
        loss = enough >> (12 if filled is None else 6)
        while True:
            found = Search(self, loss, most_states)
            if found.least is not None:
                return found if found.least == loss else Search(self, found.least, most_states)
            if loss >= enough:
                return None
            loss = min(enough, 2 * loss + 1)

    def _filled(self) -> int | None:
        """The score of taking items by gain as long as they fit; None if that misses a limit."""
        slacks = [limit.slack for limit in self.problem.limits]
        score = 0
        for position in sorted(range(len(self.gains)), key=lambda p: -self.gains[p]):
            uses = self.uses[position]
            if all(weight < 0 or weight <= slacks[limit] for limit, weight in uses):
                score += self.problem.scores[position]
                for limit, weight in uses:
                    slacks[limit] -= weight
        return None if min(slacks) < 0 else score

    def _most_loss(self) -> int:
        """No selection within the limits loses more than this."""
        unused = (
            y * max(0, limit.slack + sum(-weight for weight in limit.weights if weight < 0))
            for y, limit in zip(self.prices.of, self.problem.limits, strict=True)
        )
        return sum(unused) + sum(abs(gain) for gain in self.gains)


class Optima:
    """Every selection of greatest score, as paths through the layers of a search."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._alive: list[set[Slacks]] = [set(search.layers[-1])]
        for place in reversed(range(len(search.open))):
            alive = {
                slacks
                for slacks in search.layers[place]
                if any(self._next(place, slacks, take, self._alive[-1]) for take in (False, True))
            }
            self._alive.append(alive)
        self._alive.reverse()
        self._place = {position: place for place, position in enumerate(search.open)}

    def _next(self, place: int, slacks: Slacks, take: bool, alive: set[Slacks]) -> Slacks | None:
        """Where a choice leads on the way to an optimum, if it does."""
        layers = self._search.layers
        step = self._search.step(place, slacks, layers[place][slacks], take)
        if step is None or step[0] not in alive or layers[place + 1][step[0]] != step[1]:
            return None
        return step[0]

    def contested(self) -> list[int]:
        """The items, ascending, that are in some optima and not in all."""
        return [
            position
            for place, position in enumerate(self._search.open)
            if self._can(place, self._alive[place], True)
            and self._can(place, self._alive[place], False)
        ]

    def _can(self, place: int, states: set[Slacks], take: bool) -> set[Slacks]:
        after = self._alive[place + 1]
        steps = (self._next(place, slacks, take, after) for slacks in states)
        return {step for step in steps if step is not None}

    def first(self) -> list[int]:
        """The optimum that takes each item, from the first on, if any that agrees so far does."""
        taken, states = set(self._search.taken), self._alive[0]
        for place, position in enumerate(self._search.open):
            with_it = self._can(place, states, True)
            if with_it:
                taken.add(position)
            states = with_it or self._can(place, states, False)
        return sorted(taken)

    def possible(self, taken: Sequence[int], start: int, end: int) -> list[int]:
        """The items from `start` to before `end` that some optimum takes which agrees with `taken`
        on all items before `start`."""
        decided, states, found = set(taken), self._alive[0], []
        for place, position in enumerate(self._search.open):
            if position >= end:
                break
            if position < start:
                states = self._can(place, states, position in decided)
                continue
            with_it = self._can(place, states, True)
            if with_it:
                found.append(position)
            states = with_it | self._can(place, states, False)
        return found
