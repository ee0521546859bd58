"""Codes of the count with values to fill their sentences, and what English then says."""

from typing import Any

from tallying.codes import Code
from tallying.explanation import Explanation
from tallying.wording import PlainFormatter, Wording

NAMES = {"bus": "Library bus", "roof": "New roof"}
ALWAYS = {
    "cost": 410_000_00,
    "votes": 90,
    "score": 90,
    "by_score": True,
    "in_money": False,
    "budget": 1_000_000_00,
    "unspent": 0,
}
SPOKEN: dict[Code, tuple[dict[str, Any], str]] = {
    Code.FUNDED: (
        {"step": 2, "left": 96_000_00},
        "It came up at step 2 with 90 votes; afterwards 96,000 EUR was left.",
    ),
    Code.FUNDED_BY_COMPLETION: (
        {"step": 2, "left": 5_00, "completion": "greedy"},
        "It was funded with money that would have been left over, with 90 votes; afterwards 5 EUR was left.",
    ),
    Code.FUNDED_IN_PART: (
        {"step": 2, "left": 0, "amount": 100_000_00},
        "It costs 410,000 EUR and gets 100,000 EUR: the money ended here.",
    ),
    Code.TOO_EXPENSIVE: (
        {"step": 3, "left": 96_000_00},
        "When it came up, 96,000 EUR was left and it costs 410,000 EUR.",
    ),
    Code.COUNT_ENDED: (
        {"ended_by": "roof"},
        "The count ended before its turn, at “New roof”, which no longer fitted.",
    ),
    Code.BELOW_MINIMUM: ({"minimum": 100}, "It got 90 votes; the rules ask for at least 100."),
    Code.NO_SUPPORT: ({}, "Nobody chose it."),
    Code.EXCLUDED_BY_GROUP: (
        {"group": "east", "with": "roof"},
        "Only one project of its group could be funded, and that is “New roof”.",
    ),
    Code.OVER_DISTRICT_BUDGET: (
        {"step": 3, "district": "east", "district_left": 90_000_00},
        "When it came up, 90,000 EUR was left of the money of its district, and it costs 410,000 EUR.",
    ),
    Code.OVER_CATEGORY_CAP: (
        {"step": 3, "category": "Roads", "category_left": 90_000_00},
        "When it came up, 90,000 EUR could still be spent on “Roads”, and it costs 410,000 EUR.",
    ),
    Code.LOST_TIE: (
        {"step": 2, "left": 96_000_00, "to": ["roof"], "by": ["lower_cost", "lots"]},
        "It came level with “New roof”, which the tie order put first (the lower cost, lots drawn in public before the vote). Then 96,000 EUR was left and it costs 410,000 EUR.",
    ),
    Code.SUPPORTERS_SHORT: (
        {"held": 396_123_45, "used": [["roof", 1]]},
        "13,877 EUR was missing: at the end its supporters' shares held 396,123 EUR together and it costs 410,000 EUR.",
    ),
    Code.NO_EQUAL_PARTS: (
        {"held": 396_123_45, "used": []},
        "No group of its supporters could pay for it in equal parts: at the end their shares held 396,123 EUR together and it costs 410,000 EUR.",
    ),
    Code.ELIMINATED: (
        {"step": 3, "left": 96_000_00},
        "At step 3 no project had enough votes for its cost. This one was furthest from it, so it left, and its votes went on to the next choices.",
    ),
    Code.NOT_IN_OPTIMUM: (
        {"step": 3, "left": 0, "optimum": 1200, "with_it": 1190},
        "The selection of the greatest total does without it: it reaches 1,200, and none with this project more than 1,190.",
    ),
    Code.WITHDRAWN: (
        {},
        "It was withdrawn during the vote and could not be funded: the votes for it count for nothing, and the other choices on those ballots count as if it were not there.",
    ),
    Code.NUMBERS_WITHHELD: (
        {},
        "So few people voted in this district that votes and reasons are not published: they would tell how people voted. Auditors see and recount them.",
    ),
}


def wording(language: str = "en", style: str = "approval") -> Wording:
    return Wording(language, PlainFormatter(language, "EUR"), NAMES, style)


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def explained(code: Code, **values: Any) -> Explanation:
    return Explanation("bus", "not_funded", code, {**ALWAYS, **values})
