"""The checks of a bundle, each a small function that passes, fails or is skipped with a reason."""

from tallying.evidence.checks import boxes, files, log, people, promises, roll, tally
from tallying.evidence.checks.check import Check

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (
            check
            for module in (files, log, people, roll, boxes, tally, promises)
            for check in module.CHECKS
        ),
        key=lambda check: check.id,
    )
)
"""Every check, in the order of its id."""
