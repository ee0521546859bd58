"""The rule of a round, as it is written into the manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tallying.errors import InvalidRule
from tallying.rules import (
    borda,
    bounded_overspending,
    cumulative_transfers,
    equal_shares,
    exact_equal_shares,
    expanding_approvals,
    greedy,
    knapsack,
    maximin_support,
    phragmen,
    schulze,
    stv,
)
from tallying.rules.rule import Completion, Rule
from tallying.ties import Criterion

RULES: dict[str, Rule] = {
    module.RULE.id: module.RULE
    for module in (
        greedy,
        equal_shares,
        borda,
        phragmen,
        schulze,
        stv,
        expanding_approvals,
        cumulative_transfers,
        exact_equal_shares,
        knapsack,
        maximin_support,
        bounded_overspending,
    )
}
"""The registry: every rule of the count, by its stable id."""

_FIELDS = ("rule", "parameters", "utility", "completion", "ties")


@dataclass(frozen=True)
class RuleConfig:
    """A rule with its parameters; raises `InvalidRule`, naming what is unknown and what is known.

    `utility` None stands for the rule's own choice for the ballot style. Parameters that are not
    given have their defaults. `ties` names the criteria of the tie order, first to last.
    """

    rule: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    utility: str | None = None
    completion: str = Completion.NONE.value
    ties: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rule = find(self.rule)
        if self.utility is not None:
            _known("utility", self.utility, [str(utility) for utility in rule.utilities])
        _known("completion", self.completion, [str(name) for name in rule.completions])
        self._check_parameters(rule)
        for criterion in self.ties:
            _known("tie criterion", criterion, [str(name) for name in Criterion])
        if len(set(self.ties)) != len(self.ties):
            raise InvalidRule("The tie order names a criterion twice.")

    def _check_parameters(self, rule: Rule) -> None:
        known = {parameter.name: parameter for parameter in rule.parameters}
        for name, value in self.parameters.items():
            _known(f"parameter of {rule.id}", name, list(known))
            if not known[name].accepts(value):
                wanted = known[name].wanted
                raise InvalidRule(f"The parameter {name} is {value!r}; it must be {wanted}.")

    @property
    def name(self) -> str:
        """What tables call it: `RULE`, or `RULE/COMPLETION`."""
        plain = self.completion == Completion.NONE
        return self.rule if plain else f"{self.rule}/{self.completion}"

    @property
    def complete_parameters(self) -> dict[str, Any]:
        """Every parameter of the rule, with the defaults of those not given."""
        defaults = {parameter.name: parameter.default for parameter in RULES[self.rule].parameters}
        return {**defaults, **self.parameters}

    def to_json(self) -> dict[str, Any]:
        """The rule as a value of canonical JSON."""
        return {
            "rule": self.rule,
            "parameters": dict(self.parameters),
            "utility": self.utility,
            "completion": self.completion,
            "ties": list(self.ties),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; raises `InvalidRule`."""
        for name in value:
            _known("field of a rule", name, list(_FIELDS))
        if "rule" not in value:
            raise InvalidRule("No rule is named.")
        try:
            return cls(**{**value, "ties": tuple(value.get("ties", ()))})
        except (AttributeError, TypeError) as error:
            raise InvalidRule(f"This is no rule: {error}.") from error


def find(name: str) -> Rule:
    """The rule of the registry with this id; raises `InvalidRule`."""
    _known("rule", name, list(RULES))
    return RULES[name]


def _known(what: str, name: object, known: list[str]) -> None:
    if name not in known:
        raise InvalidRule(f"Unknown {what}: {name}. Known: {', '.join(known)}.")
