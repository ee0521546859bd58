"""The words of the count: its outcome told in plain sentences, the same on pages and in terminals.

Every sentence goes through a catalog of `tallying/translations`; amounts and numbers are written
by a `Formatter`, so that a page keeps its own and a terminal needs no other library.
"""

from tallying.wording.catalogs import LANGUAGES
from tallying.wording.counting import beginning, comparison
from tallying.wording.formatter import Formatter, PlainFormatter
from tallying.wording.margins import margin
from tallying.wording.parameters import wanted
from tallying.wording.reasons import reason
from tallying.wording.refusals import note, refusal
from tallying.wording.results import repaired, result
from tallying.wording.sources import citation
from tallying.wording.ties import criterion, not_final, tie
from tallying.wording.turns import Turn, turns
from tallying.wording.wording import Wording

__all__ = [
    "LANGUAGES",
    "Formatter",
    "PlainFormatter",
    "Turn",
    "Wording",
    "beginning",
    "citation",
    "comparison",
    "criterion",
    "margin",
    "not_final",
    "note",
    "reason",
    "refusal",
    "repaired",
    "result",
    "tie",
    "turns",
    "wanted",
]
