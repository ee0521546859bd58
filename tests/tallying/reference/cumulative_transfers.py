"""Cumulative votes with transfers from the definition: every gift of every voter as a Fraction."""

from fractions import Fraction

from tallying.outcome import Outcome
from tallying.rules.room import Room

Giver = dict[int, Fraction]
"""Live project → the voter's gift."""


class Count:
    def __init__(self, outcome: Outcome) -> None:
        contest = outcome.contest
        self.variant = contest.parameters["variant"]
        self.projects = contest.election.projects
        self.ties = contest.ties
        self.room = Room(contest.election)
        self.givers: list[Giver] = []
        for ballot, weight in enumerate(contest.profile.weights.tolist()):
            numbers = {
                position: int(support.units[support.ballots.tolist().index(ballot)])
                for position, support in enumerate(contest.supports)
                if ballot in support.ballots.tolist()
            }
            share = Fraction(contest.election.budget, contest.profile.total)
            total = sum(numbers.values())
            gifts = {p: share * number / total for p, number in numbers.items()}
            self.givers += [dict(gifts) for _ in range(weight)]
        self.live = {position for giver in self.givers for position in giver}
        self.dropped: list[int] = []
        self.funded: list[str] = []

    def ranking(self, position: int) -> tuple[int | bytes, ...]:
        return self.ties.ranking(self.projects[position])

    def cost(self, position: int) -> int:
        return self.projects[position].cost

    def support(self, position: int) -> Fraction:
        return sum((giver.get(position, Fraction(0)) for giver in self.givers), Fraction(0))

    def merit(self, position: int) -> tuple[int, Fraction]:
        if not self.cost(position):
            return 0, Fraction(0)
        return 1, -self.support(position) / self.cost(position)

    def fits(self, position: int) -> bool:
        return self.room.obstacle(self.projects[position]) is None

    def return_gifts(self, position: int, returned: list[Fraction]) -> None:
        """Each giver's part comes back to the other gifts in proportion, or is lost."""
        self.live.discard(position)
        for giver, amount in zip(self.givers, returned, strict=True):
            giver.pop(position, None)
            others = sum(giver.values(), Fraction(0))
            for other in giver:
                giver[other] *= 1 + amount / others if others else 1

    def fund(self, position: int) -> None:
        self.room.take(self.projects[position])
        self.funded.append(self.projects[position].id)

    def run(self) -> list[str]:
        while self.step():
            pass
        rest = list(reversed(self.dropped))
        if self.variant == "mtc":
            rest = sorted(self.live, key=lambda p: (self.merit(p), self.ranking(p)))
        for position in rest:
            if self.fits(position):
                self.fund(position)
        return self.funded

    def step(self) -> bool:
        for position in list(self.live):
            if self.room.shut_out(self.projects[position]) is not None:
                self.return_gifts(position, [g.get(position, Fraction(0)) for g in self.givers])
        order = sorted(self.live, key=lambda p: (self.merit(p), self.ranking(p)))
        eligible = [p for p in order if self.fits(p) and self.support(p) >= self.cost(p)]
        if eligible:
            self.buy(eligible[0])
            return True
        if self.variant == "ewtc":
            return self.eliminate()
        reachable = [
            p
            for p in order
            if self.fits(p) and sum(sum(g.values()) for g in self.givers if p in g) >= self.cost(p)
        ]
        if reachable:
            self.raise_gifts(reachable[0])
            self.buy(reachable[0])
        return bool(reachable)

    def buy(self, position: int) -> None:
        support = self.support(position)
        part = 1 - self.cost(position) / support if support else Fraction(0)
        self.fund(position)
        self.return_gifts(position, [g.get(position, Fraction(0)) * part for g in self.givers])

    def eliminate(self) -> bool:
        if not self.live:
            return False
        least = max(self.merit(p) for p in self.live)
        worst = max((p for p in self.live if self.merit(p) == least), key=self.ranking)
        self.dropped.append(worst)
        self.return_gifts(worst, [g.get(worst, Fraction(0)) for g in self.givers])
        return True

    def raise_gifts(self, position: int) -> None:
        """Find the factor by going through those at which a giver has no more to give."""
        givers = [g for g in self.givers if g.get(position)]

        def raised(factor: Fraction) -> list[Fraction]:
            return [min(factor * g[position], sum(g.values(), Fraction(0))) for g in givers]

        limits = sorted({sum(g.values(), Fraction(0)) / g[position] for g in givers})
        below = max(
            (f for f in limits if sum(raised(f)) <= self.cost(position)), default=Fraction(0)
        )
        open_ = sum(
            (g[position] for g in givers if sum(g.values()) > below * g[position]), Fraction(0)
        )
        capped = sum(
            (sum(g.values()) for g in givers if sum(g.values()) <= below * g[position]), Fraction(0)
        )
        factor = (self.cost(position) - capped) / open_ if open_ else below
        for giver, amount in zip(givers, raised(factor), strict=True):
            others = sum(giver.values(), Fraction(0)) - giver[position]
            more = amount - giver[position]
            for other in giver:
                giver[other] *= 1 - more / others if others else 1
            giver[position] = amount
