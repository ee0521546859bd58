"""The preset `official`: a Pabulib file's own `rule`, read plainly."""

from collections.abc import Callable, Sequence
from typing import Any

from tallying.errors import InvalidFile
from tallying.formats.amounts import parse_whole
from tallying.formats.pabulib import PabulibFile
from tallying.outcome import Outcome
from tallying.rules import RuleConfig, count
from tallying.rules.rule import Completion
from tallying.rules.walk import Unaffordable
from tallying.ties import Criterion
from tallying.utilities import Utility

TIES = (Criterion.MORE_VOTES.value, Criterion.LOWER_COST.value)
"""The usual order of cities; ties that it leaves open are reported, not raised."""

THRESHOLD = "min_project_score_threshold"


def official(file: PabulibFile) -> RuleConfig | None:
    """The rule that the file declares; None when it is `unknown` or none that is known here.

    Raises `InvalidFile` when the rule asks for a number that the file does not give.
    """
    reading = _READINGS.get(file.rule)
    return None if reading is None else reading(file)


def count_officially(file: PabulibFile, config: RuleConfig) -> Outcome:
    """Count a file by its own rule; open ties are in the outcome."""
    return count(file.election, file.profile, config, repairs=file.repairs, report_open_ties=True)


def _greedy(**parameters: Any) -> Callable[[PabulibFile], RuleConfig]:
    return lambda _file: RuleConfig("greedy", parameters, ties=TIES)


def _threshold(file: PabulibFile) -> RuleConfig:
    try:
        least = parse_whole(file.meta.get(THRESHOLD, ""))
    except ValueError as error:
        raise InvalidFile(file.file, None, THRESHOLD, str(error)) from error
    return RuleConfig("greedy", {"min_score": least}, ties=TIES)


def _equal_shares(**parameters: Any) -> Callable[[PabulibFile], RuleConfig]:
    """All three official elections: shares begin as whole units of the currency and rise by one,
    without a stop at the first exhaustive outcome and without a fill."""
    return lambda _file: RuleConfig(
        "equal-shares",
        {"integral": True, **parameters},
        utility=Utility.COST.value,
        completion=Completion.ADD1.value,
        ties=TIES,
    )


_STOP = {"unaffordable": Unaffordable.STOP.value}
_READINGS: dict[str, Callable[[PabulibFile], RuleConfig]] = {
    "greedy": _greedy(),
    "greedy-no-skip": _greedy(**_STOP),
    "greedy-custom": _greedy(**_STOP),
    "greedy-threshold": _threshold,
    "greedy-exclusive": _greedy(),
    "equalshares/add1": _equal_shares(),
    "equalshares/add1-comparison": _equal_shares(compare=True),
}


DECLARED: Sequence[str] = tuple(_READINGS)
"""The declared rules that have a reading."""
