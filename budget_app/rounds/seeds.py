"""What public dice are turned into."""

import re
from hashlib import sha256

from flask_babel import gettext as _

from budget_app.rounds.errors import InvalidField

LEAST_THROWS = 20
"""Twenty throws of a die carry 51 bits."""


def digits_of(dice: str) -> str:
    """The digits of the throws without blanks; raises `InvalidField` for anything else."""
    digits = re.sub(r"\s+", "", dice)
    if not (digits.isascii() and digits.isdigit()) or len(digits) < LEAST_THROWS:
        raise InvalidField(
            "dice", _("Write at least %(number)s throws, digits only.", number=LEAST_THROWS)
        )
    return digits


def seed_of(digits: str) -> str:
    """The 32 bytes that break ties, in hexadecimal: SHA-256 of the digits."""
    return sha256(digits.encode()).hexdigest()
