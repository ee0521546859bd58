"""The preset `official`: the rule that a file declares, read plainly.

The names are those of the rules of Pabulib (pabulib.org, "Rules").
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tallying.errors import InvalidFile, InvalidRule
from tallying.formats.amounts import parse_whole
from tallying.formats.election_file import ElectionFile
from tallying.formats.published import UNDECLARED
from tallying.outcome import Outcome
from tallying.presets.preset import Plan, Preset, count_plan
from tallying.rules import RuleConfig
from tallying.rules.rule import Completion
from tallying.rules.walk import Unaffordable
from tallying.ties import Criterion
from tallying.utilities import Utility

TIES = (Criterion.MORE_VOTES.value, Criterion.LOWER_COST.value)
"""The usual order of cities; ties that it leaves open are reported, not raised."""

THRESHOLD = "min_project_score_threshold"


def official(file: ElectionFile) -> RuleConfig | None:
    """The rule that the file declares; None when it is `unknown` or none that is known here.

    Raises `InvalidFile` when the rule asks for a number that the file does not give.
    """
    reading = _READINGS.get(file.rule)
    return None if reading is None else reading(file)


def count_officially(file: ElectionFile, config: RuleConfig) -> Outcome:
    """Count a file by its own rule; open ties are in the outcome."""
    return count_plan(_plan(file, config), file)


def threshold(file: ElectionFile) -> int:
    """The least score that the file asks of a project; raises `InvalidFile` when it says none."""
    try:
        return parse_whole(file.meta.get(THRESHOLD, ""))
    except ValueError as error:
        raise InvalidFile(file.file, None, THRESHOLD, str(error)) from error


def add1(compare: bool = False) -> RuleConfig:
    """As in all three official elections: shares begin as whole units of the currency and rise by
    one, without a stop at the first exhaustive outcome and without a fill."""
    return _equal_shares(Completion.ADD1, integral=True, compare=compare)


def _equal_shares(completion: Completion, **parameters: Any) -> RuleConfig:
    return RuleConfig(
        "equal-shares",
        {name: value for name, value in parameters.items() if value},
        utility=Utility.COST.value,
        completion=completion.value,
        ties=TIES,
    )


def _greedy(**parameters: Any) -> RuleConfig:
    return RuleConfig("greedy", parameters, ties=TIES)


def _passing_over(file: ElectionFile) -> RuleConfig:
    return _greedy(**least_score(file))


def _stopping(file: ElectionFile) -> RuleConfig:
    return _greedy(unaffordable=Unaffordable.STOP.value, **least_score(file))


def least_score(file: ElectionFile) -> dict[str, int]:
    """The least score, which a file may ask for under any greedy rule: Gdynia's files do."""
    return {"min_score": threshold(file)} if file.meta.get(THRESHOLD) else {}


_READINGS: dict[str, Callable[[ElectionFile], RuleConfig]] = {
    "greedy": _passing_over,
    "greedy-no-skip": _stopping,
    "greedy-custom": _stopping,
    "greedy-threshold": lambda file: _greedy(min_score=threshold(file)),
    "greedy-exclusive": _passing_over,
    "equalshares": lambda _file: _equal_shares(Completion.NONE),
    "equalshares-comparison": lambda _file: _equal_shares(Completion.NONE, compare=True),
    "equalshares/add1": lambda _file: add1(),
    "equalshares/add1-comparison": lambda _file: add1(compare=True),
}


DECLARED: Sequence[str] = tuple(_READINGS)
"""The declared rules that have a reading."""


def _plan(file: ElectionFile, config: RuleConfig) -> Plan:
    return Plan(file.election, file.profile, config, report_open_ties=True)


def plan(file: ElectionFile, _values: Mapping[str, str]) -> Plan:
    """The file's own rule; raises `InvalidRule` when it declares none that is known."""
    config = official(file)
    if config is None:
        raise InvalidRule(_undeclared(file))
    return _plan(file, config)


def _undeclared(file: ElectionFile) -> str:
    if file.rule in ("", UNDECLARED):
        return (
            f"{file.file} does not say by which rule it is counted; choose one with --rule "
            "(tallying rules lists them)."
        )
    known = ", ".join(DECLARED)
    return (
        f"{file.file} declares the rule {file.rule}, which is none of {known}; "
        "choose one with --rule."
    )


PRESET = Preset(
    id="official",
    title="The rule that the file declares",
    source="pabulib.org, the field rule of the format",
    plan=plan,
)
