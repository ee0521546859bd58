"""What other rules would have funded with the same ballots and the same order of ties."""

from dataclasses import dataclass, replace
from typing import Any

from tallying.analysis.satisfaction import represented
from tallying.errors import TallyingError
from tallying.outcome import Outcome
from tallying.rules import RULES, RuleConfig, count
from tallying.rules.rule import Completion

COMPARED = ("greedy", "equal-shares", "phragmen", "borda", "schulze")
"""The rules that are compared, where they can count the ballots; all are fast."""


@dataclass(frozen=True)
class OtherRule:
    """What a rule funds; `left_open` says that ties were taken by the bytes of the ids.

    `refused` says why it could not count, in a sentence; the numbers are 0 then. `shared` are
    funded under both rules, `represented` voters support something funded, `spent` is in minor
    units.
    """

    rule: str
    completion: str
    funded: tuple[str, ...] = ()
    spent: int = 0
    shared: int = 0
    represented: int = 0
    left_open: bool = False
    refused: str = ""

    def to_json(self) -> dict[str, Any]:
        """The comparison as a value of JSON."""
        return {
            "rule": self.rule,
            "completion": self.completion,
            "funded": list(self.funded),
            "spent": self.spent,
            "shared": self.shared,
            "represented": self.represented,
            "left_open": self.left_open,
            "refused": self.refused,
        }


def other_rules(outcome: Outcome) -> tuple[OtherRule, ...]:
    """The compared rules with their defaults; leftovers are spent greedily where a rule offers it."""
    style = outcome.contest.election.style
    return tuple(
        _other(outcome, name)
        for name in COMPARED
        if name != outcome.config.rule and name in RULES and style in RULES[name].styles
    )


def _other(outcome: Outcome, name: str) -> OtherRule:
    offered = RULES[name].completions
    completion = Completion.GREEDY if Completion.GREEDY in offered else Completion.NONE
    described = OtherRule(name, str(completion))
    contest = outcome.contest
    try:
        config = RuleConfig(name, completion=completion.value, ties=outcome.config.ties)
        other = count(
            contest.election,
            contest.profile,
            config,
            lots=outcome.lots,
            seed=outcome.seed,
            report_open_ties=True,
        )
    except TallyingError as error:
        return replace(described, refused=str(error))
    index = contest.election.index
    positions = [index[project] for project in other.funded]
    return replace(
        described,
        funded=other.funded,
        spent=other.selection.spent(contest.election),
        shared=len(set(other.funded) & set(outcome.funded)),
        represented=represented(contest.natural, positions, contest.profile.weights),
        left_open=bool(other.open_ties),
    )
