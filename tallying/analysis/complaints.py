"""Groups that could complain: violations of EJR+ up to one project.

Brill and Peters 2023, "Robust and verifiable proportionality axioms for multiwinner voting",
give EJR+, which can be checked in polynomial time because a group is only held together by one
project that all its members support and that is not funded. With n voters, budget B, cost c and
additive utilities u it is checked here in this form. A group S of supporters of an unfunded
project p could complain when for every member i

    u_i(W) + u_i(p)  ≤  (B / n) · Σ_S u(p) / c(p):

even with p on top, no member has more than what their shares of the budget would buy at the price
of p. With approval and `cost` this reads u_i(W) + c(p) ≤ |S| · B/n, with unit costs it is EJR+ as
in the paper. Where voters grade p differently, a group could also be judged by its least grade,
as Peters, Pierczyński and Skowron 2021 do for EJR; Σ_S u(p) ≥ |S| · min u(p), so that form is
violated only where this one is.

Equal shares without completion satisfies this one, too. Let r = c(p) / Σ_S u(p). As long as each
member of S still has r · u_i(p), p can be bought at r, so everything that is bought costs at most
r per unit. Since p is never bought, some purchase leaves a member i with less: i has then spent
more than B/n − r · u_i(p), for more than (B/n) / r − u_i(p) of utility.

For a bound t on u_i(W) + u_i(p), the largest group is the best one, so one pass over the
supporters sorted by that number decides. Everything is an integer.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.analysis.exact import exact_sums, fraction_text, funded_positions
from tallying.codes import Code
from tallying.outcome import Outcome
from tallying.rules.room import Room
from tallying.utilities import gains


@dataclass(frozen=True)
class Complaint:
    """The largest group that could complain about one unfunded project.

    They are the supporters of `project` whose utility of what is funded and of the project
    together is at most `most`; `voters` are so many, with `money` minor units of the budget as
    their equal part, and that would buy each of them `deserved` at the project's price (None: it is free).
    """

    project: str
    voters: int
    money: Fraction
    most: int
    deserved: Fraction | None

    def to_json(self) -> dict[str, Any]:
        """The complaint as a value of JSON."""
        return {
            "project": self.project,
            "voters": self.voters,
            "money": fraction_text(self.money),
            "most": self.most,
            "deserved": None if self.deserved is None else fraction_text(self.deserved),
        }


@dataclass(frozen=True)
class Representation:
    """All complaints, the largest group first; the outcome satisfies the axiom without any.

    `left_out` are projects nobody can ask for: below the minimum support, or shut out by what
    is funded of their exclusive group, district or category.
    """

    utility: str
    complaints: tuple[Complaint, ...]
    left_out: tuple[str, ...]

    @property
    def satisfied(self) -> bool:
        """Whether no group could complain."""
        return not self.complaints

    def to_json(self) -> dict[str, Any]:
        """The check as a value of JSON."""
        return {
            "utility": self.utility,
            "satisfied": self.satisfied,
            "complaints": [complaint.to_json() for complaint in self.complaints],
            "left_out": list(self.left_out),
        }


def representation(outcome: Outcome) -> Representation:
    """Check EJR+ up to one project for every unfunded project, under the rule's utility."""
    contest = outcome.contest
    positions = funded_positions(outcome)
    gained = gains(contest.supports, positions, len(contest.profile.weights))
    left_out = shut_out(outcome)
    found = []
    for position in range(len(contest.election.projects)):
        if position in positions or contest.election.projects[position].id in left_out:
            continue
        complaint = _complaint(outcome, position, gained)
        found += [] if complaint is None else [complaint]
    found.sort(key=lambda complaint: (-complaint.voters, complaint.project.encode()))
    return Representation(str(contest.utility), tuple(found), left_out)


def shut_out(outcome: Outcome) -> tuple[str, ...]:
    """Unfunded projects that the election's own limits keep out, or the least score; by id."""
    election, funded = outcome.contest.election, set(outcome.funded)
    room = Room(election)
    for name in outcome.funded:
        room.take(election.projects[election.index[name]])
    verdicts = outcome.selection.verdicts
    partial = outcome.selection.partial
    return tuple(
        sorted(
            (
                project.id
                for project in election.projects
                if project.id not in funded
                and (
                    room.shut_out(project) is not None
                    or verdicts[project.id].code == Code.BELOW_MINIMUM
                    or (partial is not None and project.id == partial[0])
                )
            ),
            key=str.encode,
        )
    )


def _complaint(outcome: Outcome, position: int, gained: NDArray[Any]) -> Complaint | None:
    contest = outcome.contest
    support, project = contest.supports[position], contest.election.projects[position]
    if not len(support.ballots):
        return None
    budget, total = contest.election.budget, contest.profile.total
    units = support.units.astype(gained.dtype) * support.scale
    level = gained[support.ballots] + units
    order = np.argsort(level, kind="stable")
    weights = contest.profile.weights[support.ballots][order]
    level, together = level[order], exact_sums(units[order], weights)
    lasts = np.flatnonzero(np.concatenate((level[1:] != level[:-1], [True])))
    violated = [
        last
        for last, most, sum_ in zip(
            lasts.tolist(), level[lasts].tolist(), together[lasts].tolist(), strict=True
        )
        if most * total * project.cost <= budget * sum_
    ]
    if not violated:
        return None
    last = violated[-1]
    voters = int(weights[: last + 1].sum())
    deserved = None
    if project.cost:
        deserved = Fraction(budget * int(together[last]), total * project.cost)
    return Complaint(
        project.id, voters, Fraction(budget * voters, total), int(level[last]), deserved
    )
