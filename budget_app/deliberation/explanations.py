"""What a published explanation may not reveal: the removed words, and who wrote them."""

import re
import unicodedata
from collections.abc import Sequence

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.rounds.errors import InvalidField

SHORTEST_NAME = 3
"""Characters of an author's name that an explanation may not hold; shorter ones stand in any text."""

LONGEST_QUOTE = 7
"""Words of the removed comment that may stand together; of a shorter comment, all but the whole."""

WORD = re.compile(r"\w+")


def refuse_revealing(author: User, removed: str, explanation: str) -> None:
    """Raise `InvalidField` when the explanation names the author or repeats what is removed."""
    words = _words(explanation)
    name = _words(author.display_name)
    first = _words(author.display_name.partition(" ")[0])
    if any(_holds(words, each) for each in (name, first)):
        raise InvalidField("explanation", _("Everybody reads this: leave the author's name out."))
    if _repeats(words, _words(removed)):
        raise InvalidField(
            "explanation",
            _("Everybody reads this: say what was wrong without the words that you remove."),
        )


def _words(text: str) -> list[str]:
    """The words without their case and accents: a name is one however it is typed."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _repeats(words: Sequence[str], removed: Sequence[str]) -> bool:
    run = min(LONGEST_QUOTE + 1, len(removed))
    return any(
        _holds(words, removed[start : start + run]) for start in range(len(removed) - run + 1)
    )


def _holds(words: Sequence[str], run: Sequence[str]) -> bool:
    """Whether these words stand there together, unless they are too short to mean anything."""
    if sum(map(len, run)) < SHORTEST_NAME:
        return False
    return f" {' '.join(run)} " in f" {' '.join(words)} "
