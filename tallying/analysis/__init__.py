"""What an outcome means for the voters: one file a question, and `analyse` for all of them.

Every answer is a frozen dataclass of integers, fractions and texts with a `to_json`; the guide for
researchers (`docs/guide/researcher.md`) says what each number means.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tallying.analysis.closeness import Closeness, closeness
from tallying.analysis.complaints import Representation, representation
from tallying.analysis.effective_support import EffectiveSupport, effective_support
from tallying.analysis.other_rules import OtherRule, other_rules
from tallying.analysis.pricing import Priceability, priceability
from tallying.analysis.satisfaction import Satisfactions, satisfactions
from tallying.analysis.spending import Spending, spending
from tallying.analysis.spending_of_types import SpendingOfTypes, spending_of_types
from tallying.analysis.stability import Resampling, Stability, stability
from tallying.outcome import Outcome

__all__ = ["SCHEMA", "Analysis", "Resampling", "analyse"]

SCHEMA = "tallying.analysis/1"

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""


@dataclass(frozen=True)
class Analysis:
    """All answers about one outcome; `stability` is None when nothing was resampled."""

    input: str
    satisfaction: Satisfactions
    spending: Spending
    spending_of_types: SpendingOfTypes | None
    effective_support: EffectiveSupport | None
    representation: Representation
    priceability: Priceability
    closeness: Closeness
    other_rules: tuple[OtherRule, ...]
    stability: Stability | None

    def to_json(self) -> dict[str, Any]:
        """The analysis as a value of canonical JSON; fractions are texts `a/b`."""
        support, stable, types = self.effective_support, self.stability, self.spending_of_types
        return {
            "schema": SCHEMA,
            "input": self.input,
            "satisfaction": self.satisfaction.to_json(),
            "spending": self.spending.to_json(),
            "spending_of_types": None if types is None else types.to_json(),
            "effective_support": None if support is None else support.to_json(),
            "representation": self.representation.to_json(),
            "priceability": self.priceability.to_json(),
            "closeness": self.closeness.to_json(),
            "other_rules": [other.to_json() for other in self.other_rules],
            "stability": None if stable is None else stable.to_json(),
        }


def analyse(
    outcome: Outcome, resampling: Resampling | None = None, progress: Progress | None = None
) -> Analysis:
    """Answer every question about an outcome; the recounts of `resampling` report `progress`."""
    return Analysis(
        input=outcome.to_json()["input"],
        satisfaction=satisfactions(outcome),
        spending=spending(outcome),
        spending_of_types=spending_of_types(outcome),
        effective_support=effective_support(outcome),
        representation=representation(outcome),
        priceability=priceability(outcome),
        closeness=closeness(outcome),
        other_rules=other_rules(outcome),
        stability=None if resampling is None else stability(outcome, resampling, progress),
    )
