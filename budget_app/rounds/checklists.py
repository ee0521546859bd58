"""What the proposals of a round are checked for: a list of the round's own, begun with the usual one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

USUAL = {
    "competence": _l("It is within the competence of the parliament"),
    "legal": _l("It is legal"),
    "technical": _l("It can be built or done"),
    "budget": _l("It fits into the budget of the district"),
    "costed": _l("Its cost was worked out"),
    "unique": _l("It repeats no other proposal or plan"),
}

Stored = list[dict[str, Any]]
"""Of each criterion, in their order, its `key` and its `texts` by language."""


def usual(languages: Iterable[str]) -> Stored:
    """The usual criteria as a new round keeps them: later changes of the platform do not reach it."""
    words = {code: _in(code) for code in languages}
    return [{"key": key, "texts": {code: words[code][key] for code in words}} for key in USUAL]


def _in(language: str) -> dict[str, str]:
    with force_locale(language):
        return {key: str(text) for key, text in USUAL.items()}
