"""Pins that stand closer than a finger is wide become one with a count, so that each can be pressed.

Pressing it draws the map closer around its pins, which are grouped anew; `group` in the address
names the first proposal of each group that was pressed on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from budget_app.browsing.map import Pin

REACH = 120
"""In the drawing's units: some 35 pixels where the map is as narrow as a phone of 320."""
DEEPEST = 8
"""How often one can come closer: pins of one square metre stay together."""


@dataclass(frozen=True)
class Group:
    """One pin or several; drawn where the first one stands, so that no two are closer than `REACH`."""

    pins: list[Pin]

    @property
    def first(self) -> Pin:
        return self.pins[0]


def grouped(pins: Sequence[Pin]) -> list[Group]:
    """Each pin joins the nearest group within `REACH`, or begins one, in the order of their numbers."""
    cells: dict[tuple[int, int], list[Group]] = {}
    groups = []
    for pin in pins:
        column, row = int(pin.x // REACH), int(pin.y // REACH)
        around = [
            group
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for group in cells.get((x, y), ())
        ]
        near = min(around, key=lambda group: _distance(group.first, pin), default=None)
        if near is not None and _distance(near.first, pin) < REACH:
            near.pins.append(pin)
        else:
            groups.append(group := Group([pin]))
            cells.setdefault((column, row), []).append(group)
    return groups


def _distance(one: Pin, other: Pin) -> float:
    return float(((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5)
