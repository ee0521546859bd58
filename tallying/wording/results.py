"""What became of a project, in a few words for a table, and what was mended in the ballots."""

from collections.abc import Callable, Mapping
from typing import Any

from tallying.codes import Code
from tallying.formats.ranks import RankPolicy
from tallying.formats.votes import Policy
from tallying.wording.wording import Wording


def result(code: str, values: Mapping[str, Any], wording: Wording) -> str:
    """The verdict and its reason in a few words; `values` are those of the verdict."""
    if code == Code.LOST_TIE and not values["by"]:
        return wording.gettext("not funded: the tie is not decided")
    return _RESULTS[Code(code)](wording)


def repaired(policy: str, ballots: int, wording: Wording) -> str:
    """On how many ballots what was mended, or counted as it stands."""
    return _REPAIRS[policy](wording, ballots)


_RESULTS: Mapping[Code, Callable[[Wording], str]] = {
    Code.FUNDED: lambda wording: wording.gettext("funded"),
    Code.FUNDED_BY_COMPLETION: lambda wording: wording.gettext("funded with money left over"),
    Code.FUNDED_IN_PART: lambda wording: wording.gettext("funded in part"),
    Code.TOO_EXPENSIVE: lambda wording: wording.gettext("not funded: too little money was left"),
    Code.COUNT_ENDED: lambda wording: wording.gettext("not funded: the count had ended"),
    Code.BELOW_MINIMUM: lambda wording: wording.gettext("not funded: too little support"),
    Code.NO_SUPPORT: lambda wording: wording.gettext("not funded: nobody chose it"),
    Code.EXCLUDED_BY_GROUP: lambda wording: wording.gettext(
        "not funded: another one of its group is"
    ),
    Code.OVER_DISTRICT_BUDGET: lambda wording: wording.gettext(
        "not funded: too little was left for its district"
    ),
    Code.OVER_CATEGORY_CAP: lambda wording: wording.gettext(
        "not funded: too little was left for its category"
    ),
    Code.LOST_TIE: lambda wording: wording.gettext("not funded: it lost a tie"),
    Code.SUPPORTERS_SHORT: lambda wording: wording.gettext(
        "not funded: its supporters had too little left"
    ),
    Code.NO_EQUAL_PARTS: lambda wording: wording.gettext(
        "not funded: no equal parts could pay for it"
    ),
    Code.ELIMINATED: lambda wording: wording.gettext("not funded: eliminated"),
    Code.NOT_IN_OPTIMUM: lambda wording: wording.gettext("not funded: another selection is better"),
    Code.WITHDRAWN: lambda wording: wording.gettext("not funded: withdrawn during the vote"),
    Code.NUMBERS_WITHHELD: lambda wording: wording.gettext("the numbers are withheld"),
}

_REPAIRS: Mapping[str, Callable[[Wording, int], str]] = {
    Policy.REPEATED_PROJECT: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot named a project more than once: it counts once.",
        "%(shown)s ballots named a project more than once: it counts once.",
        ballots,
    ),
    Policy.UNKNOWN_PROJECT: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot named a project that is not in the list: that mention does not count.",
        "%(shown)s ballots named a project that is not in the list: such mentions do not count.",
        ballots,
    ),
    Policy.ZERO_POINTS: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot gave a project 0 points: that mention does not count.",
        "%(shown)s ballots gave a project 0 points: such mentions do not count.",
        ballots,
    ),
    Policy.LONGER_THAN_ALLOWED: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot names more projects than allowed: it is counted as it stands.",
        "%(shown)s ballots name more projects than allowed: they are counted as they stand.",
        ballots,
    ),
    Policy.SHORTER_THAN_ALLOWED: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot names fewer projects than it must: it is counted as it stands.",
        "%(shown)s ballots name fewer projects than they must: they are counted as they stand.",
        ballots,
    ),
    Policy.POINTS_ABOVE_LIMIT: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot gives more points in all than allowed: it is counted as it stands.",
        "%(shown)s ballots give more points in all than allowed: they are counted as they stand.",
        ballots,
    ),
    Policy.POINTS_BELOW_LIMIT: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot gives fewer points in all than it must: it is counted as it stands.",
        "%(shown)s ballots give fewer points in all than they must: they are counted as they stand.",
        ballots,
    ),
    Policy.GRADE_ABOVE_LIMIT: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot gives a project more points than allowed: it is counted as it stands.",
        "%(shown)s ballots give a project more points than allowed: they are counted as they stand.",
        ballots,
    ),
    Policy.OVER_BUDGET: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot spends more than the budget: it is counted as it stands.",
        "%(shown)s ballots spend more than the budget: they are counted as they stand.",
        ballots,
    ),
    Policy.UNDER_SPEND: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot spends less than it must: it is counted as it stands.",
        "%(shown)s ballots spend less than they must: they are counted as they stand.",
        ballots,
    ),
    Policy.BLANK_NOT_ALLOWED: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot is blank, which is not allowed: it is counted as it stands.",
        "%(shown)s ballots are blank, which is not allowed: they are counted as they stand.",
        ballots,
    ),
    Policy.REPEATED_VOTER: lambda wording, ballots: wording.ngettext(
        "%(shown)s line names a voter who stands on further lines: each line is counted.",
        "%(shown)s lines name a voter who stands on further lines: each line is counted.",
        ballots,
    ),
    RankPolicy.WITHDRAWN_CANDIDATE: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot ranked a candidate who withdrew: later ranks move up.",
        "%(shown)s ballots ranked a candidate who withdrew: later ranks move up.",
        ballots,
    ),
    RankPolicy.SKIPPED_RANK: lambda wording, ballots: wording.ngettext(
        "%(shown)s ballot left a rank empty: later ranks move up.",
        "%(shown)s ballots left a rank empty: later ranks move up.",
        ballots,
    ),
}
