"""The words for ballot styles, limits, rules, tie orders and what a result is worth: choices of forms, and the rules in plain words."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Family:
    """Rules with the same aim, the most usual first."""

    title: LazyString
    aim: LazyString
    rules: tuple[str, ...]


FAMILIES = (
    Family(
        _l("The most support wins"),
        _l(
            "What most voters support is funded. A majority that votes alike can decide about all the money."
        ),
        ("greedy", "knapsack", "borda", "schulze"),
    ),
    Family(
        _l("Every group gets its share"),
        _l(
            "Groups of voters that want the same decide about a part of the money that matches their size. A project with fewer votes can win against one with more."
        ),
        (
            "equal-shares",
            "bounded-overspending",
            "exact-equal-shares",
            "phragmen",
            "maximin-support",
            "cumulative-transfers",
            "stv",
            "expanding-approvals",
        ),
    ),
)


@dataclass(frozen=True)
class Question:
    """What a rule leaves open, and the answers by the values of its parameter."""

    text: LazyString
    answers: dict[str, LazyString]


QUESTIONS = {
    "order": Question(
        _l("Which project comes first"),
        {
            "score": _l("The one with the most support"),
            "score_per_cost": _l("The one with the most support for its cost"),
        },
    ),
    "unaffordable": Question(
        _l("A project that costs more than what is left"),
        {
            "skip": _l("It is passed over, and the count goes on"),
            "stop": _l("It ends the count"),
            "partial": _l("It is funded in part and ends the count"),
        },
    ),
    "method": Question(
        _l("How votes are reckoned"),
        {
            "general": _l("In exact fractions"),
            "scottish": _l(
                "As in Scottish council elections: to five decimals, and ties settled by earlier steps first"
            ),
        },
    ),
    "variant": Question(
        _l("When no project has enough support"),
        {
            "mtc": _l("Support moves to the project that is nearest to enough"),
            "ewtc": _l("The weakest project leaves, and its support moves on"),
        },
    ),
}
"""The parameters whose values are names, by the parameter."""

RAISING = ("add1", "add1-greedy", "add-opt")
"""The completions that raise everybody's share step by step."""

ONLY_RAISED = ("step", "integral", "exhaustive")
"""The parameters that matter only with these."""

CAUTIONS = {
    "knapsack": _l(
        "With very many projects it may be impossible to prove which selection is the best. Then nothing is published, and no other rule can be chosen after the seal."
    ),
}
"""What must be known of a rule before it is sealed, by the rule."""
