"""`knapsack`: the affordable selection of the greatest total score."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallying.codes import Code
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election, Project
from tallying.errors import NoSelection, NotProved
from tallying.rules.greedy import MIN_SCORE, without_support
from tallying.rules.margins import BY_VOTES
from tallying.rules.optimum import Limit, Problem
from tallying.rules.prices import greatest, solved
from tallying.rules.room import Room
from tallying.rules.rule import N_, Completion, Contest, Rule, Selection, Verdict
from tallying.rules.walk import Candidate
from tallying.ties import Tie
from tallying.utilities import NATURAL, Utility
from tallying.whole_numbers import written


def select(contest: Contest) -> Selection:
    """Zero-one knapsack. Of several best selections the one is taken that, going through the tie
    order, holds each project if any best selection does that agrees so far.

    Raises `NoSelection` when the floors cannot be met, `NotProved`, and `UnresolvedTie`.
    """
    candidates = [
        Candidate(project, support.score, support.votes)
        for project, support in zip(contest.election.projects, contest.supports, strict=True)
    ]
    left_out = without_support(candidates, contest.parameters["min_score"])
    by_id = {c.project.id: c for c in candidates if c.project.id not in left_out}
    groups = contest.ties.arrange(candidate.project for candidate in by_id.values())
    ordered = [by_id[project.id] for group in groups for project in group]
    return _Packing(contest, ordered).selection(left_out)


def problem_of(election: Election, candidates: Sequence[Candidate]) -> Problem:
    """The limits that the candidates could break, the budget first, and their scores."""
    projects = [candidate.project for candidate in candidates]
    limits = [Limit(election.budget, tuple(project.cost for project in projects))]
    for name, amount in sorted(election.district_budgets.items()):
        limits.append(Limit(amount, _costs(projects, [name == p.district for p in projects])))
    for name, amount in sorted(election.category_caps.items()):
        limits.append(Limit(amount, _costs(projects, [name in p.categories for p in projects])))
    limits += [
        Limit(1, tuple(int(p.exclusive_group == group) for p in projects))
        for group in sorted({p.exclusive_group for p in projects if p.exclusive_group is not None})
    ]
    needed = [limits[0], *(limit for limit in limits[1:] if sum(limit.weights) > limit.slack)]
    for name, amount in sorted(election.category_floors.items()):
        costs = _costs(projects, [name in project.categories for project in projects])
        needed.append(Limit(-amount, tuple(-cost for cost in costs)))
    return Problem(tuple(candidate.score for candidate in candidates), tuple(needed))


def _costs(projects: Sequence[Project], concerned: Sequence[bool]) -> tuple[int, ...]:
    pairs = zip(projects, concerned, strict=True)
    return tuple(project.cost if of else 0 for project, of in pairs)


class _Packing:
    """The candidates in the order of ties, and what is best."""

    def __init__(self, contest: Contest, ordered: Sequence[Candidate]) -> None:
        self.contest, self.ordered = contest, ordered
        untouched = Room(contest.election)
        self.obstacles = {
            candidate.project.id: obstacle
            for candidate in ordered
            if (obstacle := untouched.obstacle(candidate.project)) is not None
        }
        self.eligible = [c for c in ordered if c.project.id not in self.obstacles]
        self.steps = {c.project.id: step for step, c in enumerate(ordered, start=2)}
        """The first step says what is best in all."""
        self.problem = problem_of(contest.election, self.eligible)
        found = solved(self.problem)
        if found is None:
            raise NoSelection(_unmet(contest.election, self.eligible))
        self.optimum, self.optima = found
        self.chosen = self.optima.first()
        self.contested = self.optima.contested()
        self.best_with = {position: self._best_with(position) for position in self._unchosen()}

    def _unchosen(self) -> list[int]:
        chosen = set(self.chosen)
        return [position for position in range(len(self.eligible)) if position not in chosen]

    def _best_with(self, position: int) -> dict[str, int | None]:
        """The greatest score of a selection that holds an item; nothing where it is not proved."""
        if position in self.contested:
            return {"with_it": self.optimum}
        try:
            rest = greatest(self.problem.with_item(position))
        except NotProved:
            return {}
        return {"with_it": None if rest is None else rest + self.problem.scores[position]}

    def selection(self, left_out: Mapping[str, Verdict]) -> Selection:
        """What is best, with an account of every candidate in the order of ties."""
        tie = self._tie()
        decided_by = [str(criterion) for criterion in tie.decided_by] if tie else []
        chosen = {self.eligible[position].project.id for position in self.chosen}
        best_with = {self.eligible[p].project.id: value for p, value in self.best_with.items()}
        left, verdicts = self.contest.election.budget, dict(left_out)
        best = written(self.optimum)
        first = {"step": 1, "project": None, "optimum": best, "unique": tie is None}
        rounds: list[dict[str, Any]] = [first]
        for candidate in self.ordered:
            name = candidate.project.id
            left -= candidate.project.cost if name in chosen else 0
            values = {"step": self.steps[name], "left": left}
            if name in chosen:
                verdict = Verdict(Code.FUNDED, values)
            elif name in self.obstacles:
                obstacle = self.obstacles[name]
                verdict = Verdict(obstacle.code, {**values, **obstacle.values})
            else:
                account: dict[str, Any] = {"optimum": best}
                for key, total in best_with[name].items():
                    account[key] = total if total is None else written(total)
                account |= {"by": decided_by} if account.get("with_it") == best else {}
                verdict = Verdict(Code.NOT_IN_OPTIMUM, {**values, **account})
            verdicts[name] = verdict
            rounds.append(
                {
                    "step": self.steps[name],
                    "project": name,
                    "score": written(candidate.score),
                    "cost": candidate.project.cost,
                    "left": left,
                    "verdict": str(verdict.code),
                }
            )
        return Selection(
            funded=tuple(c.project.id for c in self.ordered if c.project.id in chosen),
            rounds=tuple(rounds),
            ties=(tie,) if tie else (),
            verdicts=verdicts,
            margins=self._margins(),
        )

    def _tie(self) -> Tie | None:
        """The record of the choice between several best selections; raises `UnresolvedTie`."""
        if not self.contested:
            return None
        ties = self.contest.ties
        groups = ties.arrange(self.eligible[position].project for position in self.contested)
        step = min(self.steps[self.eligible[position].project.id] for position in self.contested)
        matters = False
        for group in groups:
            if len(group) > 1 and self._order_matters(group):
                ties.leave_open(group, self.steps[group[0].id])
                matters = True
        return ties.record(groups, step, matters)

    def _order_matters(self, group: Sequence[Project]) -> bool:
        """Whether the order within a group, which nothing tells apart, can change the selection.

        Each that is possible alone is taken when it comes first, so the order is harmless only
        when all those are taken together.
        """
        members = {project.id for project in group}
        places = [p for p in self.contested if self.eligible[p].project.id in members]
        possible = self.optima.possible(self.chosen, min(places), max(places) + 1)
        return any(position in places and position not in self.chosen for position in possible)

    def _margins(self) -> tuple[dict[str, Any], ...]:
        """The votes or points with which a project would surely be in the best selection.

        The best selection with it, and what it lacks of the optimum; exact unless so many would
        only bring it level and one less than stated might do.
        """
        utility = self.contest.utility
        unit = "votes" if utility in BY_VOTES else "points"
        found: list[dict[str, Any]] = [
            {"project": name, "more": None, "unit": unit, "exact": True} for name in self.obstacles
        ]
        for position, value in self.best_with.items():
            candidate = self.eligible[position]
            gain = candidate.project.cost if utility is Utility.COST else 1
            if "with_it" not in value or gain == 0:
                continue
            margin = {"project": candidate.project.id, "unit": unit}
            if value["with_it"] is None:
                found.append({**margin, "more": None, "exact": True})
                continue
            missing = self.optimum - value["with_it"]
            level, more = missing % gain == 0 and missing > 0, missing // gain + 1
            if more <= LARGEST_AMOUNT:
                found.append({**margin, "more": more, "exact": not level})
        return tuple(sorted(found, key=lambda margin: str(margin["project"]).encode()))


def _unmet(election: Election, eligible: Sequence[Candidate]) -> str:
    """Why the floors cannot be met."""
    for name, amount in sorted(election.category_floors.items()):
        most = sum(c.project.cost for c in eligible if name in c.project.categories)
        if most < amount:
            return (
                f"At least {amount} should be spent on {name}, but its supported projects"
                f" cost {most} together."
            )
    names = ", ".join(sorted(election.category_floors))
    return (
        f"No selection of supported projects meets the floors of {names} and keeps to the budget"
        " and all other limits."
    )


RULE = Rule(
    id="knapsack",
    title={
        "en": "The greatest total",
        "es": "El mayor total",
        "fr": "Le plus grand total",
        "pt": "O maior total",
    },
    description={
        "en": "Of all selections that the money and the limits of districts and categories allow, the one is funded whose projects have the most votes or points together. If several reach the same total, the tie order chooses between them.",
        "es": "De todas las selecciones que permiten el dinero y los límites de distritos y categorías, se financia aquella cuyos proyectos suman más votos o puntos. Si varias alcanzan el mismo total, decide el orden de desempate.",
        "fr": "De toutes les sélections que permettent l’argent et les limites des districts et des catégories, on finance celle dont les projets réunissent le plus de voix ou de points. Si plusieurs atteignent le même total, l’ordre des égalités choisit.",
        "pt": "De todas as seleções que o dinheiro e os limites de distritos e categorias permitem, é financiada aquela cujos projetos somam mais votos ou pontos. Se várias atingem o mesmo total, decide a ordem de desempate.",
    },
    citation=N_(
        "The 0/1 knapsack problem: Martello, Toth, “Knapsack Problems”, 1990; for budgets: Talmon, Faliszewski, “A framework for approval-based budgeting methods”, AAAI 2019."
    ),
    complexity="NP-hard: at worst the product of the projects and of every amount of each limit; in practice a few thousand steps for each project. Ends with an error where too many would be needed.",
    styles=frozenset(BallotStyle),
    utilities=tuple(Utility),
    default_utility=NATURAL.__getitem__,
    completions=(Completion.NONE,),
    parameters=(MIN_SCORE,),
    select=select,
    takes_floors=True,
)
