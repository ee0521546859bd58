"""What a proposal might cost, line by line."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from budget_app.presentation.figures import money, number

MOST_LINES = 20


@dataclass(frozen=True)
class CostLine:
    """One thing to be paid for: `quantity` of it, one where none is given, at `amount` each.

    Amounts are in minor units.
    """

    what: str
    quantity: int | None
    amount: int

    @property
    def total(self) -> int:
        return self.amount * (1 if self.quantity is None else self.quantity)

    @property
    def words(self) -> str:
        """As people read it."""
        each = money(self.amount)
        return (
            f"{self.what}: {each if self.quantity is None else f'{number(self.quantity)} × {each}'}"
        )

    @property
    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def total(lines: Iterable[CostLine]) -> int:
    """What all lines come to."""
    return sum(line.total for line in lines)
