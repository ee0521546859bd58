"""Whether payments exist that price an outcome: the simplex method over fractions.

Unknown are the endowment b ≥ 0 and x(i, p) ≥ 0, what each voter of distinct ballot i pays for a
funded project p that they support. With weights w, costs c and slacks ≥ 0:

- Σ_i w_i · x(i, p) = c(p) for each funded p;
- Σ_p x(i, p) − b + slack = 0 for each ballot i;
- b · Σ w_i − Σ_i w_i Σ_p x(i, p) + slack = c(q) over the supporters of each unfunded q.

Every right side is ≥ 0, so the slacks and one artificial unknown for each funded project are a
first solution, and the least sum of the artificial ones tells whether there is a real one. The
pivots follow Bland 1977, "New finite pivoting rules for the simplex method", so it ends.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tallying.profile import Integers

LARGEST = 20_000
"""The largest table (rows times columns) that is solved; about a second of work."""

Row = list[Fraction]


def endowment(
    supporters: Sequence[Integers],
    weights: Integers,
    funded: Sequence[int],
    unfunded: Sequence[int],
    costs: Sequence[int],
) -> Fraction | None:
    """An endowment that prices the funded projects, or None when there is none.

    `supporters` holds positions in `weights` for each project; `funded` and `unfunded` are
    positions in `supporters` and `costs`.
    """
    table, basis, artificial = _table(supporters, weights, funded, unfunded, costs)
    goal = [sum((row[j] for row in table[:artificial]), Fraction(0)) for j in range(len(table[0]))]
    _minimise(table, basis, goal)
    if goal[-1] > 0:
        return None
    return table[basis.index(0)][-1] if 0 in basis else Fraction(0)


def _table(
    supporters: Sequence[Integers],
    weights: Integers,
    funded: Sequence[int],
    unfunded: Sequence[int],
    costs: Sequence[int],
) -> tuple[list[Row], list[int], int]:
    """Rows with their right side last, the basis, and how many first rows have artificial
    unknowns. Column 0 is b; columns of artificial unknowns are left out."""
    payments = [(int(ballot), p) for p in funded for ballot in supporters[p]]
    ballots = sorted({ballot for ballot, _ in payments})
    slacks = len(ballots) + len(unfunded)
    width = 1 + len(payments) + slacks
    table = [[Fraction(0)] * (width + 1) for _ in range(len(funded) + slacks)]
    row_of = {ballot: len(funded) + place for place, ballot in enumerate(ballots)}
    asked = {p: len(funded) + len(ballots) + place for place, p in enumerate(unfunded)}
    members = [(row, set(supporters[p].tolist())) for p, row in asked.items()]
    for column, (ballot, p) in enumerate(payments, start=1):
        times = Fraction(int(weights[ballot]))
        table[funded.index(p)][column] = times
        table[row_of[ballot]][column] = Fraction(1)
        for row, group in members:
            if ballot in group:
                table[row][column] = -times
    for place, p in enumerate(funded):
        table[place][-1] = Fraction(costs[p])
    for row in row_of.values():
        table[row][0] = Fraction(-1)
    for p, row in asked.items():
        table[row][0] = Fraction(int(np.sum(weights[supporters[p]])))
        table[row][-1] = Fraction(costs[p])
    for place in range(slacks):
        table[len(funded) + place][1 + len(payments) + place] = Fraction(1)
    first = 1 + len(payments)
    basis = [*range(-len(funded), 0), *range(first, first + slacks)]
    return table, basis, len(funded)


def _minimise(table: list[Row], basis: list[int], goal: Row) -> None:
    """Pivot until the sum of the artificial unknowns, kept in `goal[-1]`, is least."""
    while goal[-1] > 0:
        column = next((j for j, value in enumerate(goal[:-1]) if value > 0), None)
        if column is None:
            return
        row = min(
            (i for i, line in enumerate(table) if line[column] > 0),
            key=lambda i: (table[i][-1] / table[i][column], basis[i]),
        )
        _pivot(table, goal, row, column)
        basis[row] = column


def _pivot(table: list[Row], goal: Row, row: int, column: int) -> None:
    pivot = table[row][column]
    line = [value / pivot for value in table[row]]
    table[row] = line
    used = [(j, value) for j, value in enumerate(line) if value]
    for other in [*(kept for i, kept in enumerate(table) if i != row), goal]:
        factor = other[column]
        if factor:
            for j, value in used:
                other[j] -= factor * value
