"""Prices of limits, which make the search for a best selection short; no result depends on them."""

from fractions import Fraction

from tallying.errors import NotProved
from tallying.rules.optimum import Losses, Optima, Prices, Problem, Search

FEW_STATES = 50_000
"""How far the search goes with prices that look at the budget alone."""

MANY_STATES = 1_000_000
"""How far it goes at all: some 200 MB."""

PRECISION = 2**60
"""Prices of the solver are rounded to this part of a unit of score."""


def solved(problem: Problem) -> tuple[int, Optima] | None:
    """The greatest score with all selections that reach it; None when no selection is allowed.

    Raises `NotProved` when that would take too long to prove.
    """
    found = _search(problem)
    return None if found is None else (found.score(), Optima(found))


def greatest(problem: Problem) -> int | None:
    """The greatest score alone; None when no selection is allowed.

    It looks at the budget's price alone, so that no version of a solver decides what is known.
    Raises `NotProved` after little work.
    """
    found = Losses(problem, budget_prices(problem)).search(FEW_STATES)
    return None if found is None else found.score()


def _search(problem: Problem) -> Search | None:
    plain = Losses(problem, budget_prices(problem))
    if len(problem.limits) == 1:
        return plain.search(MANY_STATES)
    try:
        return plain.search(FEW_STATES)
    except NotProved:
        return Losses(problem, solver_prices(problem)).search(MANY_STATES)


def budget_prices(problem: Problem) -> Prices:
    """The price of money is the score per cost of the first item that does not fit (Dantzig 1957)."""
    budget, free = problem.limits[0], [0] * (len(problem.limits) - 1)
    left = budget.slack
    paid = [p for p, cost in enumerate(budget.weights) if cost]
    for position in sorted(paid, key=lambda p: Fraction(-problem.scores[p], budget.weights[p])):
        left -= budget.weights[position]
        if left < 0:
            return Prices(budget.weights[position], (problem.scores[position], *free))
    return Prices(1, (0, *free))


def solver_prices(problem: Problem) -> Prices:
    """The dual values of the linear relaxation, by HiGHS, rounded to fractions.

    Scores and limits are scaled to about 1 before; a solver that fails gives prices of 0.
    """
    import highspy  # only here: it takes longer to import than most counts last

    top = max(problem.scores, default=1) or 1
    sizes = [max(1, *map(abs, limit.weights), abs(limit.slack)) for limit in problem.limits]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    for score in problem.scores:
        solver.addVar(0.0, 1.0)
        solver.changeColCost(solver.getNumCol() - 1, -float(Fraction(score, top)))
    for limit, size in zip(problem.limits, sizes, strict=True):
        used = [p for p, weight in enumerate(limit.weights) if weight]
        weights = [float(Fraction(limit.weights[p], size)) for p in used]
        slack = float(Fraction(limit.slack, size))
        solver.addRow(-highspy.kHighsInf, slack, len(used), used, weights)
    solver.run()
    duals = list(solver.getSolution().row_dual) or [0.0] * len(sizes)
    return Prices(
        PRECISION,
        tuple(
            round(Fraction(abs(dual)) * top * PRECISION / size)
            for dual, size in zip(duals, sizes, strict=True)
        ),
    )
