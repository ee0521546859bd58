"""Saying where two values differ, in one sentence that names what is found and what is expected."""

import json
import os
from typing import Any

SHOWN = 120
"""So many characters of a value are shown where two differ."""
MISSING = object()


def difference(where: str, expected: Any, found: Any) -> str:
    """A sentence on the first place in which two values differ: what is found there, and expected.

    `where` is the place of both, as “funded” or “The roll is another than the committed one”.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in (*expected, *(extra for extra in found if extra not in expected)):
            mine, other = expected.get(name, MISSING), found.get(name, MISSING)
            if mine != other or type(mine) is not type(other):
                return difference(f"{where}, {name}" if where else str(name), mine, other)
    if isinstance(expected, list) and isinstance(found, list):
        for number, (mine, other) in enumerate(zip(expected, found, strict=False), start=1):
            if mine != other:
                return difference(f"{where}, {_named(mine, number)}", mine, other)
    told, wanted = _around(_spelt(found), _spelt(expected))
    return f"{where}: found {told}, expected {wanted}."


def _named(item: Any, number: int) -> Any:
    """What an item of a list is about: its project, or its number."""
    return item.get("project", item.get("id", number)) if isinstance(item, dict) else number


def _spelt(value: Any) -> str:
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _around(found: str, expected: str) -> tuple[str, str]:
    """Two texts, of long ones what stands around their first difference."""
    first = len(os.path.commonprefix([found, expected]))  # noqa: RUF071 — texts, not paths
    start = max(0, first - SHOWN // 2)
    cut = [
        text
        if len(text) <= SHOWN
        else f"{'… ' if start else ''}{text[start : start + SHOWN]}"
        f"{' …' if text[start + SHOWN :] else ''}"
        for text in (found, expected)
    ]
    return cut[0], cut[1]
