"""Effective support: how close an unfunded project came under equal shares.

Beside each purchase, at ρ per unit of utility, the supporters of another project p could have
paid Σ min(b_i, ρ · u_i(p)) for it, with b_i what they held then; after the last one they hold
Σ b_i. The effective support of p is the greatest of these numbers, divided by c(p): at 1 it would
have been bought instead. This is the definition of the analysis in pabutools (Faliszewski et al.
2023, "Participatory budgeting: data, tools, and analysis"), which rounds down to a percent.

It decides nothing, so it is added up in floats, which err by less than 10⁻⁹ of it here, and
rounded to a thousandth.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import inf

import numpy as np

from tallying.analysis.exact import fraction_text, funded_positions
from tallying.outcome import Outcome
from tallying.rules.ledger import Ledger
from tallying.rules.purses import Purses

DIGITS = 1000


@dataclass(frozen=True)
class EffectiveSupport:
    """By project id, for unfunded projects with supporters: thousandths of the cost."""

    shares: tuple[tuple[str, Fraction], ...]

    def to_json(self) -> dict[str, str]:
        """Project id → fraction as text."""
        return {name: fraction_text(value) for name, value in self.shares}


def effective_support(outcome: Outcome) -> EffectiveSupport | None:
    """The effective support under plain equal shares; None for other rules and completions."""
    contest = outcome.contest
    if outcome.config.rule != "equal-shares" or outcome.selection.completion:
        return None
    costs = [project.cost for project in contest.election.projects]
    funded = funded_positions(outcome)
    others = [p for p in range(len(costs)) if p not in funded and contest.supports[p].votes]
    purses = Purses(
        Ledger(contest.supports, contest.profile.weights),
        Fraction(contest.election.budget, max(1, contest.profile.total)),
    )
    best = dict.fromkeys(others, 0.0)
    for p in funded:
        bound = purses.bound(p, costs[p], 0.0, inf)
        price = purses.price(p, costs[p], bound or 0.0)
        rho = float(price.per_unit) / max(1, contest.supports[p].scale)
        _raise(outcome, purses, best, rho)
        purses.pay(price)
    _raise(outcome, purses, best, inf)
    ids = [project.id for project in contest.election.projects]
    shares = [(ids[p], Fraction(round(best[p] / costs[p] * DIGITS), DIGITS)) for p in others]
    return EffectiveSupport(tuple(sorted(shares, key=lambda pair: (-pair[1], pair[0].encode()))))


def _raise(outcome: Outcome, purses: Purses, best: dict[int, float], rho: float) -> None:
    """Put in what supporters could pay now, at ρ per unit, where it is more than before."""
    supports, weights = outcome.contest.supports, outcome.contest.profile.weights
    for p in best:
        support = supports[p]
        money = purses.money[support.ballots]
        pays = money if rho == inf else np.minimum(money, rho * support.scale * support.units)
        best[p] = max(best[p], float(weights[support.ballots] @ pays))
