"""Why a project is funded or not: every code, with the values that its explanation holds.

Money is in minor units. Every explanation also holds `cost`, `votes` (voters who support the
project) and `score` (the sum of what ballots give it), and `more` where a margin is known: see
`explanation.Explanation`.
"""

from enum import StrEnum


class Code(StrEnum):
    """The reason for a project's verdict; in brackets its further values."""

    FUNDED = "funded"
    """Selected by the rule. [step, left: money left afterwards; equal shares also full: voters
    who paid the whole price, full_pays: what each of them paid per unit of utility, as a decimal
    text rounded down, short: voters who paid all that they had]"""
    FUNDED_BY_COMPLETION = "funded_by_completion"
    """Selected with the money that the rule left over. [step, left, completion]"""
    FUNDED_IN_PART = "funded_in_part"
    """The first that did not fit, funded as far as the money goes. [step, left, amount]"""
    TOO_EXPENSIVE = "too_expensive_when_reached"
    """It cost more than what was left when its turn came. [step, left]"""
    COUNT_ENDED = "count_ended"
    """The count had ended before its turn, at a project that did not fit. [ended_by: project]"""
    BELOW_MINIMUM = "below_minimum_support"
    """Its score does not reach the minimum. [minimum]"""
    NO_SUPPORT = "no_support"
    """No voter chose it. []"""
    EXCLUDED_BY_GROUP = "excluded_by_group"
    """At most one project of its group is funded, and another one was. [group, with: project]"""
    OVER_DISTRICT_BUDGET = "over_district_budget"
    """It cost more than what was left of its district's budget. "When it was considered, its
    district {district} had {district_left} left, less than its cost." [step, district,
    district_left]"""
    OVER_CATEGORY_CAP = "over_category_cap"
    """With it, more would be spent on a category than may be. "When it was considered, no more
    than {category_left} could still be spent on {category}, less than its cost." [step, category,
    category_left]"""
    LOST_TIE = "lost_tie"
    """It came level with funded projects, the tie order put them first, and then it no longer
    fitted. [step, left, to: projects, by: criteria]"""
    SUPPORTERS_SHORT = "supporters_short"
    """Equal shares: its supporters' shares held less than its cost at the end. [held: what they
    had left together, used: list of `[project, amount]`, what they paid for funded projects,
    largest first]"""
    NO_EQUAL_PARTS = "no_equal_parts"
    """Exact equal shares: no group of its supporters could pay for it in equal parts. "No group of
    its supporters could pay for it in equal parts: at the end they held {held} together, and it
    costs {cost}." [held, used: as for supporters_short]"""
    ELIMINATED = "eliminated"
    """Of the projects still in the count, its supporters weighed least for its cost, and it was
    removed; they went on to their next choices. [step, left]"""
    NOT_IN_OPTIMUM = "not_in_optimum"
    """Knapsack: the selection of the greatest total does without it. [step, left, optimum: that
    total, with_it: the greatest total of a selection that holds it, None when none may, left out
    where it is not known; by: the criteria that chose, where with_it is the optimum]"""
    WITHDRAWN = "withdrawn"
    """It was withdrawn during the vote: counted as if no ballot named it. []"""
    NUMBERS_WITHHELD = "numbers_withheld"
    """In a published result: so few people voted in the district that reasons would tell their
    ballots. `votes` and `score` are missing. [amount, where it is funded in part]"""


FUNDED_CODES = frozenset({Code.FUNDED, Code.FUNDED_BY_COMPLETION})
