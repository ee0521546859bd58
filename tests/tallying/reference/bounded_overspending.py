"""Equal shares with bounded overspending straight from the definition, a Fraction for each voter."""

from dataclasses import replace
from fractions import Fraction

from tallying.codes import Code
from tallying.outcome import Outcome
from tallying.rules.completion import fill_greedily
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.sequence import Sequence
from tests.tallying.reference.equal_shares import decimals


def recount(outcome: Outcome) -> Outcome:
    """The same contest, counted plainly."""
    contest = outcome.contest
    selection = Run(contest).selection()
    if contest.completion is Completion.GREEDY:
        selection = fill_greedily(contest, selection)
    return replace(outcome, selection=selection)


def long_decimals(number: Fraction) -> str:
    whole, rest = divmod(int(number * 10**18), 10**18)
    return f"{whole}.{rest:018d}".rstrip("0").rstrip(".")


class Run:
    """Balances and utilities by voter."""

    def __init__(self, contest: Contest) -> None:
        self.sequence = Sequence(contest)
        share = Fraction(contest.election.budget, max(1, contest.profile.total))
        owners = [i for i, w in enumerate(contest.profile.weights.tolist()) for _ in range(w)]
        self.balances = [share] * len(owners)
        self.scales = [max(1, support.scale) for support in contest.supports]
        self.units = []
        for support in contest.supports:
            units = dict(zip(support.ballots.tolist(), support.units.tolist(), strict=True))
            self.units.append(
                {voter: units[ballot] for voter, ballot in enumerate(owners) if ballot in units}
            )
        self.paid: list[tuple[str, dict[int, Fraction]]] = []

    def payments(self, position: int, price: Fraction) -> dict[int, Fraction]:
        """What each supporter pays at a price per unit."""
        return {v: min(self.balances[v], price * u) for v, u in self.units[position].items()}

    def share(self, position: int) -> tuple[Fraction, Fraction, Fraction] | None:
        """ρ / α per utility, minus α, and ρ per unit; None where nobody holds anything."""
        cost = self.sequence.projects[position].cost
        if cost == 0:
            return Fraction(0), Fraction(-1), Fraction(0)
        units = self.units[position]
        prices = {self.balances[v] / u for v, u in units.items() if self.balances[v]}
        together = sum(self.balances[v] for v in units)
        if together >= cost:
            ordered = sorted(units, key=lambda v: self.balances[v] / units[v])
            short, gain = Fraction(0), sum(units.values())
            for voter in ordered:
                price = (cost - short) / gain
                if self.balances[voter] >= price * units[voter]:
                    prices.add(price)
                    break
                short += self.balances[voter]
                gain -= units[voter]
        found = []
        for price in prices:
            paid = sum(self.payments(position, price).values(), Fraction(0))
            alpha = min(Fraction(1), paid / cost)
            found.append((price / alpha**2 / self.scales[position], -alpha, price / alpha))
        return min(found, default=None)

    def selection(self) -> Selection:
        sequence = self.sequence
        while True:
            for position in sequence.in_order(sequence.waiting):
                verdict = sequence.room.obstacle(sequence.projects[position])
                if verdict is not None:
                    sequence.reject(position, verdict, rho=None, alpha=None)
            shares = {p: s for p in sequence.waiting if (s := self.share(p)) is not None}
            if not shares:
                break
            least = min(share[0] for share in shares.values())
            equal = [p for p, share in shares.items() if share[0] == least]
            first = sequence.best(equal, matters=not sequence.harmless(equal))
            self.buy(first, *shares[first][1:])
        for position in list(sequence.waiting):
            sequence.dismiss(position, self.account(position))
        return sequence.selection()

    def buy(self, position: int, minus_alpha: Fraction, price: Fraction) -> None:
        payments = self.payments(position, price)
        units = self.units[position]
        live = [v for v in units if self.balances[v]]
        full = sum(payments[v] == price * units[v] and self.balances[v] > payments[v] for v in live)
        for voter, amount in payments.items():
            self.balances[voter] -= amount
        self.paid.append((self.sequence.projects[position].id, payments))
        even = sum(self.balances[v] == 0 and payments[v] == price * units[v] for v in live)
        self.sequence.fund(
            position,
            {
                "full": full + even,
                "full_pays": decimals(price),
                "short": len(live) - full - even,
            },
            rho=long_decimals(price / self.scales[position]),
            alpha=long_decimals(-minus_alpha),
            paid=decimals(Fraction(sum(payments.values()))),
        )

    def account(self, position: int) -> Verdict:
        own = self.units[position]
        used = [
            [name, int(sum((payments.get(v, Fraction(0)) for v in own), Fraction(0)))]
            for name, payments in self.paid
        ]
        values = {
            "held": int(sum(self.balances[v] for v in own)),
            "used": sorted(
                (pair for pair in used if pair[1]),
                key=lambda pair: (-int(str(pair[1])), str(pair[0]).encode()),
            ),
        }
        return Verdict(Code.SUPPORTERS_SHORT, values)
