"""What a published explanation may not reveal: the removed words, and who wrote them."""

from collections.abc import Sequence

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.accounts.names import hold_run, words_of
from budget_app.rounds.errors import InvalidField

LONGEST_QUOTE = 7
"""Words of the removed comment that may stand together; of a shorter comment, all but the whole."""


def refuse_revealing(author: User, removed: str, explanation: str) -> None:
    """Raise `InvalidField` when the explanation names the author or repeats what is removed."""
    words = words_of(explanation)
    name = words_of(author.display_name)
    first = words_of(author.display_name.partition(" ")[0])
    if any(hold_run(words, each) for each in (name, first)):
        raise InvalidField("explanation", _("Everybody reads this: leave the author's name out."))
    if _repeats(words, words_of(removed)):
        raise InvalidField(
            "explanation",
            _("Everybody reads this: say what was wrong without the words that you remove."),
        )


def _repeats(words: Sequence[str], removed: Sequence[str]) -> bool:
    run = min(LONGEST_QUOTE + 1, len(removed))
    return any(
        hold_run(words, removed[start : start + run]) for start in range(len(removed) - run + 1)
    )
