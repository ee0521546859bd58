"""The words for ballot styles, limits, tie orders and what a result is worth: choices of forms, and the rules in plain words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STYLES: dict[str, LazyString] = {
    "approval": _l("Choose the projects you want"),
    "knapsack": _l("Choose projects until the budget is spent"),
    "ranked": _l("Put projects in order of preference"),
    "points": _l("Share a number of points among projects"),
    "score": _l("Give each project a grade"),
}

LIMITS: dict[str, LazyString] = {
    "min_length": _l("Fewest projects on a ballot"),
    "max_length": _l("Most projects on a ballot"),
    "max_points": _l("Points that each voter shares"),
    "max_score": _l("Best grade"),
    "min_spend": _l("Least total cost of a ballot"),
}

LIMITS_OF = {
    "approval": ("min_length", "max_length"),
    "knapsack": ("min_spend", "max_length"),
    "ranked": ("min_length", "max_length"),
    "points": ("max_points", "max_length"),
    "score": ("max_score",),
}

REQUIRED_LIMITS = {"points": "max_points", "score": "max_score"}

CRITERIA: dict[str, LazyString] = {
    "more_votes": _l("More votes first"),
    "lower_cost": _l("Lower cost first"),
    "higher_cost": _l("Higher cost first"),
    "lots": _l("Lots, drawn in public before the vote"),
    "seed": _l("A seed, drawn in public after the vote"),
}

UTILITIES: dict[str, LazyString] = {
    "cardinality": _l("Each funded project that a voter chose counts the same"),
    "cost": _l("A funded project that a voter chose counts by its cost"),
    "points": _l("A funded project counts by the points that a voter gave it"),
    "score": _l("A funded project counts by the grade that a voter gave it"),
    "borda": _l("A funded project counts by its place in a voter's ranking"),
}

COMPLETIONS: dict[str, LazyString] = {
    "none": _l("It stays unspent"),
    "greedy": _l("It goes to the projects with most support that still fit"),
    "add1": _l("Everybody's share is raised step by step until no further step fits"),
    "add1-greedy": _l(
        "Everybody's share is raised step by step; the rest goes to the projects with most support that still fit"
    ),
    "add-opt": _l(
        "Everybody's share is raised each time by the least that changes the result, until no further raise fits"
    ),
}
