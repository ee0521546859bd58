"""What voters of each kind of ballot paid for which funded project, and what they have left.

Under equal shares every voter i who supports a project bought at ρ per unit of utility pays
min(b_i, ρ · u_i), with b_i what they still hold (Peters, Pierczyński and Skowron 2021); under
exact equal shares whoever holds c/t pays it, and the others nothing (Kraiczy, Robinson and Elkind
2025); under Phragmén's rule supporters pay all that they earned since they last paid (Los,
Christoff and Grossi 2022). Voters of equal ballots pay the same, so the rounds of an outcome,
which hold these prices and times exactly, say everything when they are gone through once more.

Kinds of ballots that fewer than 10 voters cast are left out: they would show how few people voted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tallying.analysis.exact import fraction_text
from tallying.codes import Code
from tallying.outcome import Outcome
from tallying.profile import Integers, Profile
from tallying.rules.even_raising import raise_evenly
from tallying.rules.rule import Contest

LEAST_VOTERS = 10
"""A kind of ballot is shown when at least so many voters cast it."""
MOST_KINDS = 12
"""How many kinds are shown at most, the most frequent first."""

Utilities = Mapping[int, int]
"""Kind, by its place in the list → what a project is worth to its voters."""


@dataclass(frozen=True)
class TypeSpending:
    """One kind of ballot: its canonical choices, its voters, and what each of them paid.

    `paid` names the projects in the order of selection, those for which something was paid;
    amounts are in minor units.
    """

    ballot: tuple[Any, ...]
    voters: int
    paid: tuple[tuple[str, Fraction], ...]
    left: Fraction


@dataclass(frozen=True)
class SpendingOfTypes:
    """The most frequent kinds of ballots; `share` is what each voter could spend, minor units.

    Under Phragmén's rule that is what each voter had earned by the last decision.
    """

    share: Fraction
    types: tuple[TypeSpending, ...]

    def to_json(self) -> dict[str, Any]:
        """The spending as a value of JSON; amounts are fractions as text."""
        return {
            "share": fraction_text(self.share),
            "types": [
                {
                    "ballot": [*found.ballot],
                    "voters": found.voters,
                    "paid": [[name, fraction_text(amount)] for name, amount in found.paid],
                    "left": fraction_text(found.left),
                }
                for found in self.types
            ],
        }


def spending_of_types(
    outcome: Outcome, least: int = LEAST_VOTERS, most: int = MOST_KINDS
) -> SpendingOfTypes | None:
    """Who paid what; None under rules without shares, and where the outcome is another rule's.

    Kinds that fewer than `least` voters cast are left out, and all but the `most` frequent.
    """
    follow = _FOLLOWED.get(outcome.config.rule)
    compared: Mapping[str, Any] = outcome.selection.completion.get("compare", {})
    if follow is None or compared.get("chosen") == "greedy":
        return None
    profile = outcome.contest.profile
    kinds = _most_frequent(profile, least, most)
    shown = Profile(profile.election, profile.rows.take(kinds), profile.weights[kinds], 0)
    share, paid = follow(outcome, kinds)
    types = tuple(
        TypeSpending(ballot, int(weight), tuple(own), share - sum(a for _, a in own))
        for ballot, weight, own in zip(shown.ballots, shown.weights, paid, strict=True)
    )
    return SpendingOfTypes(share, types)


def _most_frequent(profile: Profile, least: int, most: int) -> Integers:
    """The kinds to show: the most voters first, equal ones by the bytes of their choices."""
    weights = profile.weights
    frequent = np.flatnonzero(weights >= least)
    if len(frequent) > most:
        frequent = np.flatnonzero(weights >= np.sort(weights[frequent])[-most])
    found = Profile(profile.election, profile.rows.take(frequent), weights[frequent], 0)
    ordered = frequent[found.order]
    return ordered[np.argsort(-weights[ordered], kind="stable")][:most]


Payments = list[list[tuple[str, Fraction]]]
"""Of each kind, the projects it paid for, with the amount each voter paid."""


def _equal_shares(outcome: Outcome, kinds: Integers) -> tuple[Fraction, Payments]:
    """Follow the prices per unit of utility."""

    def amount(entry: Mapping[str, Any], worth: int, held: Fraction) -> Fraction:
        return min(held, Fraction(entry["rho"]) * worth)

    return _spend(outcome, kinds, amount)


def _exact_equal_shares(outcome: Outcome, kinds: Integers) -> tuple[Fraction, Payments]:
    """Follow the equal parts: whoever holds less than one pays nothing."""

    def amount(entry: Mapping[str, Any], _worth: int, held: Fraction) -> Fraction:
        part = Fraction(entry["pays"])
        return part if held >= part else Fraction(0)

    return _spend(outcome, kinds, amount)


def _spend(
    outcome: Outcome,
    kinds: Integers,
    amount: Callable[[Mapping[str, Any], int, Fraction], Fraction],
) -> tuple[Fraction, Payments]:
    share = _endowment(outcome)
    held, paid = [share] * len(kinds), _nothing(kinds)
    for entry in _bought(outcome):
        for kind, worth in _worth(outcome.contest, entry["project"], kinds).items():
            part = amount(entry, worth, held[kind])
            held[kind] -= part
            if part:
                paid[kind].append((entry["project"], part))
    return share, paid


def _phragmen(outcome: Outcome, kinds: Integers) -> tuple[Fraction, Payments]:
    """Follow the times: supporters pay what they earned since they last paid."""
    last, paid = [Fraction(0)] * len(kinds), _nothing(kinds)
    for entry in _bought(outcome):
        time = Fraction(entry["time"])
        for kind in _worth(outcome.contest, entry["project"], kinds):
            if time > last[kind]:
                paid[kind].append((entry["project"], time - last[kind]))
            last[kind] = time
    times = [Fraction(entry["time"]) for entry in outcome.selection.rounds if "time" in entry]
    return max(times, default=Fraction(0)), paid


_FOLLOWED: Mapping[str, Callable[[Outcome, Integers], tuple[Fraction, Payments]]] = {
    "equal-shares": _equal_shares,
    "exact-equal-shares": _exact_equal_shares,
    "phragmen": _phragmen,
}


def _nothing(kinds: Integers) -> Payments:
    return [[] for _ in kinds]


def _bought(outcome: Outcome) -> Iterable[Mapping[str, Any]]:
    """The rounds that funded a project out of what its supporters held."""
    return (entry for entry in outcome.selection.rounds if entry.get("verdict") == Code.FUNDED)


def _worth(contest: Contest, project: str, kinds: Integers) -> Utilities:
    """What a project is worth to the voters of the kinds that support it."""
    support = contest.supports[contest.election.index[project]]
    place = {int(ballot): kind for kind, ballot in enumerate(kinds)}
    return {
        place[int(support.ballots[entry])]: int(support.units[entry]) * support.scale
        for entry in np.flatnonzero(np.isin(support.ballots, kinds))
    }


def _endowment(outcome: Outcome) -> Fraction:
    """What each voter could spend in the run that was kept, in minor units, exact."""
    contest, completion = outcome.contest, outcome.selection.completion
    share = Fraction(contest.election.budget, max(1, contest.profile.total))
    if "add_opt" in completion:
        return raise_evenly(contest).market.endowment
    if "add1" not in completion:
        return share
    major = 10**contest.election.minor_digits
    if contest.parameters["integral"]:
        share = Fraction(share // major * major)
    raised: int = completion["add1"]["raises"] * contest.parameters["step"] * major
    return share + raised
