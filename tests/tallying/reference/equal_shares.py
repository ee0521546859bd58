"""Equal shares straight from the definition: a Fraction for each distinct ballot, and no floats.

Raising shares goes step by step. The outcome is the same, to the byte, as that of the rule.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tallying.codes import Code
from tallying.election import Project
from tallying.outcome import Outcome
from tallying.rules.completion import fill_greedily, prefer_greedy
from tallying.rules.greedy import without_support
from tallying.rules.margins import sufficient_votes
from tallying.rules.room import Room
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.walk import Candidate
from tallying.ties import Tie

RAISING = (Completion.ADD1, Completion.ADD1_GREEDY)


def recount(outcome: Outcome) -> Outcome:
    """The same contest, counted plainly."""
    contest = outcome.contest
    selection = (
        raised(contest)
        if contest.completion in RAISING
        else Run(contest, _share(contest)).selection()
    )
    if contest.completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
        selection = fill_greedily(contest, selection)
    if contest.parameters["compare"]:
        selection = prefer_greedy(contest, selection)
    margins = sufficient_votes(contest, selection.funded)
    return replace(outcome, selection=replace(selection, margins=margins))


def _share(contest: Contest) -> Fraction:
    return Fraction(contest.election.budget, max(1, contest.profile.total))


def raised(contest: Contest) -> Selection:
    """One raise after the other."""
    major = 10**contest.election.minor_digits
    share = _share(contest)
    if contest.parameters["integral"]:
        share = Fraction(share // major * major)
    step = contest.parameters["step"] * major
    met: dict[Any, Tie] = {}
    kept, raises = Run(contest, share), 0
    _remember(met, kept, 0)
    while (ended := _ended(contest, kept)) is None:
        trial = Run(contest, share + (raises + 1) * step)
        _remember(met, trial, raises + 1)
        if trial.room.left < 0:
            ended = "overrun"
            break
        kept, raises = trial, raises + 1
    account = {
        "raises": raises,
        "first_share": decimals(share),
        "share": decimals(kept.share),
        "ended": ended,
    }
    return replace(kept.selection(), ties=tuple(met.values()), completion={"add1": account})


def _remember(met: dict[Any, Tie], run: "Run", raises: int) -> None:
    for tie in run.ties:
        met.setdefault((tie.projects, tie.decided_by, tie.open), replace(tie, raises=raises))


def _ended(contest: Contest, run: "Run") -> str | None:
    waiting = [p for p in run.waiting() if run.room.shut_out(p) is None]
    if not waiting:
        return "all_funded"
    if contest.parameters["exhaustive"] and all(p.cost > run.room.left for p in waiting):
        return "exhaustive"
    return None


class Run:
    """One run; `held` is what a voter of each distinct ballot has left."""

    def __init__(self, contest: Contest, share: Fraction) -> None:
        self.contest, self.share = contest, share
        self.weights: list[int] = contest.profile.weights.tolist()
        self.held: list[Fraction] = [share] * len(self.weights)
        self.room = Room(contest.election)
        self.paid: dict[str, dict[int, Fraction]] = {}
        self.rounds: list[dict[str, Any]] = []
        self.ties: list[Tie] = []
        projects = contest.election.projects
        candidates = [
            Candidate(p, s.score, s.votes) for p, s in zip(projects, contest.natural, strict=True)
        ]
        self.verdicts = dict(without_support(candidates, contest.parameters["min_score"]))
        self.units: dict[str, dict[int, int]] = {
            p.id: dict(zip(s.ballots.tolist(), s.units.tolist(), strict=True))
            for p, s in zip(projects, contest.supports, strict=True)
        }
        while self.room.left >= 0 and self._buy_one():
            pass

    def waiting(self) -> list[Project]:
        return [
            p
            for p in self.contest.election.projects
            if p.id not in self.verdicts and p.id not in self.paid and self.units[p.id]
        ]

    def _buy_one(self) -> bool:
        prices = {}
        for project in self.waiting():
            price = self._price(project)
            if price is not None and self.room.shut_out(project) is None:
                scale = max(1, self.contest.support(project).scale)
                prices[project.id] = (price / scale, price)
        if not prices:
            return False
        least = min(rho for rho, _ in prices.values())
        best = [p for p in self.contest.election.projects if prices.get(p.id, (None,))[0] == least]
        first = best[0]
        if len(best) > 1:
            groups = [p.exclusive_group for p in best if p.exclusive_group]
            harmless = least == 0 and len(groups) == len(set(groups))
            first, tie = self.contest.ties.first(best, len(self.paid) + 1, matters=not harmless)
            self.ties.append(tie)
        self._pay(first, *prices[first.id])
        return True

    def _price(self, project: Project) -> Fraction | None:
        """The price per unit, by adding whoever is short at the price so far."""
        units, held, weights = self.units[project.id], self.held, self.weights
        if sum(held[b] * weights[b] for b in units) < project.cost:
            return None
        if project.cost == 0:
            return Fraction(0)
        rest = sorted((b for b in units if held[b]), key=lambda b: held[b] / units[b])
        missing, gain = Fraction(int(project.cost)), sum(weights[b] * units[b] for b in rest)
        for ballot in rest:
            if held[ballot] * gain >= missing * units[ballot]:
                return missing / gain
            missing -= held[ballot] * weights[ballot]
            gain -= weights[ballot] * units[ballot]
        raise AssertionError("the supporters can pay")

    def _pay(self, project: Project, rho: Fraction, price: Fraction) -> None:
        full = short = 0
        paid = self.paid[project.id] = {}
        for ballot, own in self.units[project.id].items():
            if not self.held[ballot]:
                continue
            paid[ballot] = min(self.held[ballot], price * own)
            if self.held[ballot] < price * own:
                short += self.weights[ballot]
            else:
                full += self.weights[ballot]
            self.held[ballot] -= paid[ballot]
        self.room.take(project)
        self.rounds.append(
            {
                "step": len(self.paid),
                "project": project.id,
                "cost": project.cost,
                "rho": f"{rho.numerator}/{rho.denominator}",
                "full": full,
                "full_pays": decimals(price),
                "short": short,
                "left": self.room.left,
                "verdict": "funded",
            }
        )

    def selection(self) -> Selection:
        verdicts = dict(self.verdicts)
        for entry in self.rounds:
            values = {key: entry[key] for key in ("step", "left", "full", "full_pays", "short")}
            verdicts[entry["project"]] = Verdict(Code.FUNDED, values)
        for project in self.contest.election.projects:
            if project.id not in verdicts:
                verdicts[project.id] = self.room.shut_out(project) or self._short(project)
        return Selection(tuple(self.paid), tuple(self.rounds), tuple(self.ties), verdicts)

    def _short(self, project: Project) -> Verdict:
        units = self.units[project.id]
        held = sum((self.held[b] * self.weights[b] for b in units), Fraction(0))
        used: list[tuple[str, int]] = [
            (name, int(sum(paid[b] * self.weights[b] for b in units if b in paid)))
            for name, paid in self.paid.items()
        ]
        largest = sorted((u for u in used if u[1]), key=lambda u: (-u[1], u[0].encode()))
        values = {"held": int(held), "used": [list(pair) for pair in largest]}
        return Verdict(Code.SUPPORTERS_SHORT, values)


def decimals(amount: Fraction) -> str:
    """Six digits after the point, rounded down, without trailing zeros."""
    whole, rest = divmod(amount.numerator * 10**6 // amount.denominator, 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
