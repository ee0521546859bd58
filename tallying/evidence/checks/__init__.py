"""The checks of a bundle, each a small function that passes, fails or is skipped with a reason."""

from tallying.evidence.checks.boxes import CHECKS as BOXES
from tallying.evidence.checks.canaries import CHECKS as CANARIES
from tallying.evidence.checks.check import Check
from tallying.evidence.checks.files import CHECKS as FILES
from tallying.evidence.checks.layers import CHECKS as LAYERS
from tallying.evidence.checks.log import CHECKS as LOG
from tallying.evidence.checks.people import CHECKS as PEOPLE
from tallying.evidence.checks.privacy import CHECKS as PRIVACY
from tallying.evidence.checks.promises import CHECKS as PROMISES
from tallying.evidence.checks.roll import CHECKS as ROLL
from tallying.evidence.checks.tally import CHECKS as TALLY

__all__ = ["CHECKS", "Check"]

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (*FILES, *LOG, *PEOPLE, *ROLL, *BOXES, *LAYERS, *CANARIES, *TALLY, *PRIVACY, *PROMISES),
        key=lambda check: check.id,
    )
)
"""Every check, in the order of its id."""
